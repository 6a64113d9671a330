import { Link, Outlet } from "@tanstack/react-router";
import { useLiveState } from "../live/client";
import { BrandIcon } from "./icons";
import { ThemeSwitch } from "./theme-switch";

const liveWords = {
  connecting: ["Connecting", "Waiting for the server's stream of changes"],
  live: ["Live", "Changes appear by themselves"],
  paused: ["Paused", "The page catches up when it is looked at again"],
  polling: ["Polling", "The stream of changes is down; the page asks every few seconds"],
} as const;

function LiveBadge() {
  const state = useLiveState();
  const [word, explanation] = liveWords[state];
  return (
    <span className="live" data-state={state} title={explanation} role="status">
      {word}
    </span>
  );
}

export function Layout() {
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="topbar">
        <Link to="/" className="brand">
          <BrandIcon />
          Modelyard
        </Link>
        <nav aria-label="Main">
          <Link to="/experiments">Experiments</Link>
          <Link to="/models">Models</Link>
          <Link to="/endpoints">Endpoints</Link>
        </nav>
        <div className="end">
          <LiveBadge />
          <ThemeSwitch />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}
