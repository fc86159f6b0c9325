import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Suspense } from "react";
import { Link, Route, Switch } from "wouter";
import { pages } from "./pages/pages.tsx";
import { texts } from "./texts/texts.ts";

const queries = new QueryClient();

/** The whole console: the menu, and the page that the URL names. */
export function App() {
  return (
    <QueryClientProvider client={queries}>
      <nav>
        {pages.map(({ name, paths }) => (
          <Link key={name} href={paths[0]}>
            {texts.pages[name]}
          </Link>
        ))}
      </nav>
      <main>
        <Suspense fallback={texts.loading}>
          <Switch>
            {pages.flatMap(({ paths, Page }) =>
              paths.map((path) => <Route key={path} path={path} component={Page} />),
            )}
          </Switch>
        </Suspense>
      </main>
    </QueryClientProvider>
  );
}
