import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { meKey, signIn } from "../../api/me.ts";
import { Button } from "../../controls/button.tsx";
import { Failed } from "../../controls/failed.tsx";
import { Field } from "../../controls/field.tsx";
import { Loading } from "../../controls/loading.tsx";
import { TextInput } from "../../controls/text-input.tsx";
import { Mark } from "../../shell/menu.tsx";
import { texts } from "../../texts/texts.ts";
import { forgetLinkSecret, linkSecret } from "./link-secret.ts";
import styles from "./page.module.css";

/** A newcomer comes by the link, and begins there. */
const firstPage = "/compose";

/** Signing in: by the link that `npm start` prints, or with a key. */
export function Page() {
  const [link, setLink] = useState(linkSecret);
  const [key, setKey] = useState("");
  const [missing, setMissing] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [search] = useSearchParams();
  const enter = useEntering();

  const attempt = async (by: { key: string } | { link: string }, otherwise: string) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await enter(by, otherwise);
    } catch (error) {
      forgetLinkSecret();
      setLink(undefined);
      setProblem(error);
      setBusy(false);
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, with what the address had
  useEffect(() => {
    document.title = `${texts.signin.title} · ${texts.title}`;
    const byLink = () => {
      const secret = linkSecret();
      setLink(secret);
      if (secret !== undefined) void attempt({ link: secret }, firstPage);
    };
    byLink();
    // The link pasted into a window that stands here already loads nothing anew.
    addEventListener("hashchange", byLink);
    return () => removeEventListener("hashchange", byLink);
  }, []);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(key.trim() === "");
    if (key.trim() !== "" && !busy) void attempt({ key: key.trim() }, "/");
  };

  return (
    <main className={styles.page}>
      <div className={styles.box}>
        <div className={styles.brand}>
          <Mark /> {texts.title}
        </div>
        <h1>{texts.signin.title}</h1>
        {link !== undefined ? (
          <Loading label={texts.signin.byLink} />
        ) : (
          <form onSubmit={onSubmit} className={styles.form}>
            {search.has("ended") && problem === undefined && (
              <p role="status" className={styles.ended}>
                {texts.signin.ended}
              </p>
            )}
            <p className={styles.lead}>{texts.signin.lead}</p>
            {problem !== undefined && <Failed problem={problem} />}
            <Field
              label={texts.signin.label}
              help={texts.signin.help}
              error={missing ? texts.signin.empty : undefined}
            >
              <TextInput
                type="password"
                name="key"
                mono
                autoComplete="current-password"
                spellCheck={false}
                value={key}
                onChange={(event) => setKey(event.target.value)}
              />
            </Field>
            <Button type="submit" kind="primary" busy={busy}>
              {texts.signin.action}
            </Button>
          </form>
        )}
      </div>
    </main>
  );
}

/** Signs in, and goes to where somebody was before. */
function useEntering() {
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [search] = useSearchParams();
  return async (by: { key: string } | { link: string }, otherwise: string) => {
    const me = await signIn(by);
    // What another key saw goes before; this window need not begin anew for it.
    queries.setQueryData(meKey, null);
    queries.setQueryData(meKey, me);
    go(ownPath(search.get("next")) ?? otherwise, { replace: true });
  };
}

/** Whoever made the address may name a page of ours, not a place elsewhere. */
function ownPath(next: string | null): string | undefined {
  if (!next?.startsWith("/") || !URL.canParse(next, location.origin)) return undefined;
  const url = new URL(next, location.origin);
  return url.origin === location.origin ? `${url.pathname}${url.search}` : undefined;
}
