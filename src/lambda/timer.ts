/** What setTimeout can wait for at most. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Runs `task` once after so many milliseconds, unless the returned function is called before. Keeps no process alive. */
export function startTimer(milliseconds: number, task: () => void): () => void {
  const timer = setTimeout(task, Math.min(Math.max(milliseconds, 0), MAX_TIMER_MS));
  timer.unref();
  return () => clearTimeout(timer);
}
