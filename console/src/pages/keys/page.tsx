import { useState } from "react";
import { type ApiKey, useKeys } from "../../api/keys.ts";
import { useLacking } from "../../content/lacking.ts";
import { Button } from "../../controls/button.tsx";
import { Empty } from "../../controls/empty.tsx";
import { Failed } from "../../controls/failed.tsx";
import { Loading } from "../../controls/loading.tsx";
import { PageHeader } from "../../controls/page-header.tsx";
import { texts } from "../../texts/texts.ts";
import { KeyTable } from "./key-table.tsx";
import { NewKeyDialog } from "./new-key-dialog.tsx";

const { keys: words } = texts;

/** Who may use the gateway: create a key, see it once, rotate and revoke it. */
export function Page() {
  const keys = useKeys();
  const lacking = useLacking({ scope: "admin" });
  const [isCreating, setCreating] = useState(false);
  const create = (
    <Button kind="primary" off={lacking} onClick={() => setCreating(true)}>
      {words.create}
    </Button>
  );
  return (
    <>
      <PageHeader title={texts.pages.keys} subtitle={words.intro} actions={create} />
      <Keys keys={keys} create={create} />
      <NewKeyDialog open={isCreating} onClose={() => setCreating(false)} />
    </>
  );
}

function Keys({ keys, create }: { keys: ReturnType<typeof useKeys>; create: React.ReactNode }) {
  if (keys.isPending) return <Loading />;
  if (keys.isError) return <Failed problem={keys.error} onRetry={() => keys.refetch()} />;
  const rows: ApiKey[] = keys.data.data;
  if (rows.length === 0)
    return (
      <Empty title={words.emptyTitle} action={create}>
        {words.emptyBody}
      </Empty>
    );
  return <KeyTable keys={rows} />;
}
