/** Milliseconds. */
const TIMEOUT = 30_000;

/** Milliseconds before the second try, and before the third. */
const PAUSES: readonly number[] = [10_000, 60_000];

/** Characters of an answer that are told. */
const TOLD = 300;

/** A request, and how it is spoken of. */
export interface Post {
  /** What the address is called in messages: the address itself may hold a token. */
  readonly name: string;
  readonly url: URL;
  readonly authorization?: string | null;
  /** JSON. */
  readonly body: string | null;
  /** Makes a text fit for a message. */
  readonly withoutSecrets: (text: string) => string;
  readonly pauses?: readonly number[];
}

/**
 * Posts something, and again where the other side was not reached or is not well (429, 5xx).
 * @throws Error saying what was answered, where that was no success.
 */
export async function post(request: Post): Promise<void> {
  const { name, url, pauses = PAUSES } = request;
  for (const pause of [...pauses, null]) {
    const { problem, isPassing } = await tryPost(request);
    if (problem === null) return;
    if (!isPassing || pause === null) throw new Error(`${name} (${url.host}) ${problem}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

interface Attempt {
  /** Null where it was a success. */
  readonly problem: string | null;
  readonly isPassing: boolean;
}

async function tryPost({ url, authorization = null, body, withoutSecrets }: Post): Promise<Attempt> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'User-Agent': 'Almagest',
        ...(authorization !== null && { Authorization: authorization }),
        ...(body !== null && { 'Content-Type': 'application/json' }),
      },
      body,
      // Another server is not to be told what this one was.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    // Before it is cut: half a secret is not recognised.
    const text = withoutSecrets(await response.text())
      .trim()
      .slice(0, TOLD);
    if (response.ok) return { problem: null, isPassing: false };
    const { status } = response;
    const problem = `answered ${status}${text && `: ${text}`}`;
    if (status >= 300 && status < 400) {
      return { problem: `${problem}. It has to be the address that this one leads to`, isPassing: false };
    }
    return { problem, isPassing: status === 429 || status >= 500 };
  } catch (error) {
    return { problem: `could not be reached: ${withoutSecrets((error as Error).message)}`, isPassing: true };
  }
}
