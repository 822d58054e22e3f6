import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ of Linux. */
const TICKS_PER_SECOND = 100;

export interface Usage {
  /** CPU time of all threads, seconds. */
  readonly cpu: number;
  /** Resident memory, bytes, now and at most so far. */
  readonly resident: number;
  readonly peak: number;
}

/** What the workerd of a process group has used, by /proc; null where there is no /proc. */
export function workerdUsage(group: number): Usage | null {
  const pid = workerdOf(group);
  if (pid === null) return null;
  try {
    const fields = statOf(pid).fields;
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const kilobytes = (name: string) =>
      Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN);
    return {
      cpu: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      resident: kilobytes('VmRSS') * 1024,
      peak: kilobytes('VmHWM') * 1024,
    };
  } catch {
    return null;
  }
}

function workerdOf(group: number): string | null {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return (
      pids.find((pid) => {
        try {
          const { command, fields } = statOf(pid);
          return command.startsWith('workerd') && Number(fields[2]) === group;
        } catch {
          return false; // it has ended meanwhile
        }
      }) ?? null
    );
  } catch {
    return null;
  }
}

/** proc(5): the command stands in parentheses and may hold any character. */
function statOf(pid: string): { command: string; fields: string[] } {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const end = text.lastIndexOf(')');
  return { command: text.slice(text.indexOf('(') + 1, end), fields: text.slice(end + 2).split(' ') };
}
