/* Every page and its URL. Pages are loaded when first shown. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { NotFound, PageFailed, Shell } from "../views/Shell";
import { parseSearch, reader, stringifySearch } from "./search";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: PageFailed });

const page = <const P extends string>(path: P) => ({ getParentRoute: () => root, path });

const routes = [
    createRoute({ ...page("/"), component: lazyRouteComponent(() => import("../views/Dashboards"), "DashboardsPage") }),
    createRoute({
        ...page("/dashboards/$name"),
        validateSearch: reader(["window", "from", "to", "as_of", "known", "person"], ["table"]),
        component: lazyRouteComponent(() => import("../views/Dashboard"), "DashboardPage"),
    }),
    createRoute({ ...page("/work"), validateSearch: reader(["person"]), component: lazyRouteComponent(() => import("../views/Work"), "WorkPage") }),
    createRoute({
        ...page("/notifications"),
        validateSearch: reader(["person", "show"]),
        component: lazyRouteComponent(() => import("../views/Notifications"), "NotificationsPage"),
    }),
    createRoute({ ...page("/people"), validateSearch: reader(["absent"]), component: lazyRouteComponent(() => import("../views/People"), "PeoplePage") }),
    createRoute({
        ...page("/metrics"),
        validateSearch: reader(["q", "owner", "kind"]),
        component: lazyRouteComponent(() => import("../views/Metrics"), "MetricsPage"),
    }),
    createRoute({
        ...page("/metrics/$name"),
        validateSearch: reader(["grain", "from", "to", "window", "where", "as_of", "known", "compare", "bucket", "open"], ["by", "group"]),
        component: lazyRouteComponent(() => import("../views/Metric"), "MetricPage"),
    }),
    createRoute({ ...page("/records"), component: lazyRouteComponent(() => import("../views/Objects"), "ObjectsPage") }),
    createRoute({
        ...page("/records/$object"),
        validateSearch: reader(["where", "sort"]),
        component: lazyRouteComponent(() => import("../views/Records"), "RecordsPage"),
    }),
    createRoute({ ...page("/records/$object/new"), component: lazyRouteComponent(() => import("../views/RecordNew"), "RecordNewPage") }),
    createRoute({
        ...page("/records/$object/$id"),
        validateSearch: reader(["as_of", "known", "field"]),
        component: lazyRouteComponent(() => import("../views/Record"), "RecordPage"),
    }),
    createRoute({ ...page("/imports"), component: lazyRouteComponent(() => import("../views/Imports"), "ImportsPage") }),
    createRoute({
        ...page("/imports/new"),
        validateSearch: reader(["object"]),
        component: lazyRouteComponent(() => import("../views/ImportNew"), "ImportNewPage"),
    }),
    createRoute({ ...page("/imports/$id"), component: lazyRouteComponent(() => import("../views/Import"), "ImportPage") }),
    createRoute({
        ...page("/quarantine"),
        validateSearch: reader(["batch", "object", "code"]),
        component: lazyRouteComponent(() => import("../views/Quarantine"), "QuarantinePage"),
    }),
    createRoute({ ...page("/model"), component: lazyRouteComponent(() => import("../views/Model"), "ModelPage") }),
    createRoute({ ...page("/model/objects/$name"), component: lazyRouteComponent(() => import("../views/ModelObject"), "ModelObjectPage") }),
    createRoute({ ...page("/model/pipelines"), component: lazyRouteComponent(() => import("../views/ModelPipelines"), "ModelPipelinesPage") }),
    createRoute({ ...page("/model/rules"), component: lazyRouteComponent(() => import("../views/ModelRules"), "ModelRulesPage") }),
    createRoute({ ...page("/model/matrix"), component: lazyRouteComponent(() => import("../views/ModelMatrix"), "ModelMatrixPage") }),
    createRoute({ ...page("/model/history"), component: lazyRouteComponent(() => import("../views/ModelHistory"), "ModelHistoryPage") }),
    createRoute({ ...page("/audit"), component: lazyRouteComponent(() => import("../views/Audit"), "AuditPage") }),
] as const;

export const router = createRouter({
    routeTree: root.addChildren(routes),
    parseSearch,
    stringifySearch,
    defaultPreload: "intent",
    scrollRestoration: true,
});

declare module "@tanstack/react-router" {
    interface Register {
        router: typeof router;
    }
}
