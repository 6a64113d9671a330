import type { ReactNode } from "react";
import { chooseTheme, useThemeChoice, type ThemeChoice } from "../theme";
import { MoonIcon, SunIcon, SystemIcon } from "./icons";

const choices: [ThemeChoice, string, () => ReactNode][] = [
  ["light", "Light", SunIcon],
  ["system", "As the system", SystemIcon],
  ["dark", "Dark", MoonIcon],
];

export function ThemeSwitch() {
  const chosen = useThemeChoice();
  return (
    <div className="theme-switch" role="radiogroup" aria-label="Colours">
      {choices.map(([choice, label, Icon]) => (
        <button key={choice} type="button" role="radio" aria-checked={choice === chosen} aria-label={label} title={label} onClick={() => chooseTheme(choice)}>
          <Icon />
        </button>
      ))}
    </div>
  );
}
