/** Which window this is: the same after a reload, another one where the window was copied. */

const KEY = "wend.tab";
const LOCK = "wend.tab.";
const PATIENCE = 400;

let claimed: Promise<string> | undefined;

/** This window's id. While the window lives, nobody else has it. */
export function claimTab(): Promise<string> {
  claimed ??= claim();
  return claimed;
}

/** The ids of windows that are open in this browser, as far as that can be known; undefined where it cannot. */
export async function openTabs(): Promise<ReadonlySet<string> | undefined> {
  const locks = lockManager();
  if (!locks) return undefined;
  const { held = [] } = await locks.query();
  return new Set(held.flatMap(({ name }) => (name?.startsWith(LOCK) ? [name.slice(LOCK.length)] : [])));
}

async function claim(): Promise<string> {
  const before = sessionStorage.getItem(KEY);
  // A window that was copied brings the id of the one it was copied from, which still holds it.
  if (before !== null && (await hold(before))) return before;
  const fresh = crypto.randomUUID().slice(0, 13);
  sessionStorage.setItem(KEY, fresh);
  await hold(fresh);
  return fresh;
}

/** Hold an id until the window is gone. The page that was reloaded may need a moment to let go of it. */
function hold(tab: string): Promise<boolean> {
  const locks = lockManager();
  if (!locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    const held = (): Promise<never> => {
      resolve(true);
      return new Promise<never>(() => undefined);
    };
    locks.request(LOCK + tab, { signal: AbortSignal.timeout(PATIENCE) }, held).catch(() => resolve(false));
  });
}

function lockManager(): LockManager | undefined {
  return (navigator as { locks?: LockManager }).locks;
}
