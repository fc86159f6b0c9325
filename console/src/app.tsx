import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { hasEnded, noteSignedIn, useMe } from "./api/me.ts";
import { queries } from "./api/query-client.ts";
import { Failed } from "./controls/failed.tsx";
import { Loading } from "./controls/loading.tsx";
import { ShownOnce } from "./controls/shown-once.tsx";
import { Toasts } from "./controls/toasts.tsx";
import { live } from "./live/use-live.ts";
import { pages } from "./pages/pages.tsx";
import { Frame } from "./shell/frame.tsx";
import { NotFound } from "./shell/not-found.tsx";
import { pageAt } from "./shell/places.ts";

const SignIn = lazy(() => import("./pages/signin/page.tsx").then(({ Page }) => ({ default: Page })));

/** The whole console: signing in, or the menu and the page that the URL names. */
export function App() {
  return (
    <QueryClientProvider client={queries}>
      <Suspense fallback={<Loading />}>
        <Switch>
          <Route path="/signin" component={SignIn} />
          <Route component={SignedIn} />
        </Switch>
      </Suspense>
      <ShownOnce />
      <Toasts />
    </QueryClientProvider>
  );
}

function SignedIn() {
  const { data: me, error, refetch } = useMe();
  const [location] = useLocation();
  const mayRead = me?.scopes.includes("read") ?? false;
  const whose = me?.key.id;
  useEffect(() => {
    if (!mayRead || whose === undefined) return;
    live.start(whose);
    return () => live.stop();
  }, [mayRead, whose]);
  useEffect(() => {
    if (me) noteSignedIn(me.key.id);
  }, [me]);
  if (me === null && pageAt(location) === undefined) return <NotFound isAlone />;
  if (me === null) return <Redirect href={`/signin${nextOf(location)}`} replace />;
  if (me === undefined)
    return error ? <Failed problem={error} onRetry={() => void refetch()} /> : <Loading />;
  return (
    <Frame>
      <Switch>
        {pages.flatMap(({ paths, Page }) =>
          paths.map((path) => <Route key={path} path={path} component={Page} />),
        )}
        <Route>
          <NotFound />
        </Route>
      </Switch>
    </Frame>
  );
}

/** Where to come back to, and whether a session has ended without being signed out of. */
function nextOf(path: string): string {
  const here = path + location.search;
  const query = new URLSearchParams({
    ...(hasEnded() && { ended: "yes" }),
    ...(here !== "/" && { next: here }),
  });
  return query.size === 0 ? "" : `?${query}`;
}
