import { Link } from "@tanstack/react-router";
import { Empty, Failed } from "../components/states";
import { useTitle } from "../components/use-title";

export function NotFoundPage() {
  useTitle("Not found");
  return (
    <div className="page">
      <Empty title="There is no such page">
        <p>The address does not lead to anything here. It may have been mistyped or moved.</p>
        <Link to="/" className="button">
          Go to the overview
        </Link>
      </Empty>
    </div>
  );
}

export function CrashPage({ error }: { error: unknown }) {
  useTitle("Something went wrong");
  return (
    <div className="page">
      <Failed error={error instanceof Error ? error : new Error(String(error))} retry={() => location.reload()} />
    </div>
  );
}
