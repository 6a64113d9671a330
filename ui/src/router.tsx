import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { Layout } from "./components/layout";
import { HomePage } from "./pages/home";
import { CrashPage, NotFoundPage } from "./pages/not-found";

/** A text of the URL's search, or undefined. */
function text(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function texts(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.map((one) => text(one)).filter((one) => one !== undefined);
}

function flag(value: unknown): true | undefined {
  return value === true ? true : undefined;
}

const rootRoute = createRootRoute({ component: Layout, notFoundComponent: NotFoundPage, errorComponent: CrashPage });

const homeRoute = createRoute({ getParentRoute: () => rootRoute, path: "/", component: HomePage });

export interface RunsSearch {
  filter?: string | undefined;
  order?: string | undefined;
  columns?: string[] | undefined;
  runs?: string[] | undefined;
}

function runsSearch(search: Record<string, unknown>): RunsSearch {
  return { filter: text(search.filter), order: text(search.order), columns: texts(search.columns), runs: texts(search.runs) };
}

const experimentsPage = () => import("./pages/experiments");

const experimentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/experiments",
  validateSearch: runsSearch,
  component: lazyRouteComponent(experimentsPage, "AllExperimentsPage"),
});

const experimentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/experiments/$experimentId",
  validateSearch: runsSearch,
  component: lazyRouteComponent(experimentsPage, "ExperimentPage"),
});

export interface CompareSearch {
  runs?: string[] | undefined;
  log?: true | undefined;
}

const compareRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/compare",
  validateSearch: (search): CompareSearch => ({ runs: texts(search.runs), log: flag(search.log) }),
  component: lazyRouteComponent(() => import("./pages/compare"), "ComparePage"),
});

export interface RunSearch {
  tab?: string | undefined;
  path?: string | undefined;
  log?: true | undefined;
  metric?: string | undefined;
}

const runRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs/$runId",
  validateSearch: (search): RunSearch => ({ tab: text(search.tab), path: text(search.path), log: flag(search.log), metric: text(search.metric) }),
  component: lazyRouteComponent(() => import("./pages/run"), "RunPage"),
});

// The official client prints links of this form.
const runOfExperimentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/experiments/$experimentId/runs/$runId",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/runs/$runId", params: { runId: params.runId }, replace: true });
  },
});

const modelsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/models",
  validateSearch: (search): { filter?: string | undefined } => ({ filter: text(search.filter) }),
  component: lazyRouteComponent(() => import("./pages/models"), "ModelsPage"),
});

const modelRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/models/$name",
  validateSearch: (search): { version?: string | undefined } => ({ version: text(search.version) }),
  component: lazyRouteComponent(() => import("./pages/model"), "ModelPage"),
});

const endpointsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/endpoints",
  component: lazyRouteComponent(() => import("./pages/endpoints"), "EndpointsPage"),
});

const endpointRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/endpoints/$name",
  validateSearch: (search): { minutes?: string | undefined } => ({ minutes: text(search.minutes) }),
  component: lazyRouteComponent(() => import("./pages/endpoint"), "EndpointPage"),
});

export interface DriftSearch {
  pane?: string | undefined;
  feature?: string | undefined;
}

const driftRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/endpoints/$name/drift",
  validateSearch: (search): DriftSearch => ({ pane: text(search.pane), feature: text(search.feature) }),
  component: lazyRouteComponent(() => import("./pages/drift"), "DriftPage"),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    homeRoute,
    experimentsRoute,
    experimentRoute,
    runOfExperimentRoute,
    compareRoute,
    runRoute,
    modelsRoute,
    modelRoute,
    endpointsRoute,
    endpointRoute,
    driftRoute,
  ]),
  defaultPreload: false,
  defaultErrorComponent: CrashPage,
  defaultNotFoundComponent: NotFoundPage,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
