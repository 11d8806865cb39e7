/** Calls of one kind or another that are under way at once; the budgets of the client set the pace. */
const lanes = 32;

/**
 * Does `work` for 0 … count - 1 with so many under way at once. The first failure lets no more begin;
 * it is thrown when nothing is under way any more, so that whoever cleans up meets no late comer.
 */
export async function inLanes(
  count: number,
  work: (index: number) => Promise<void>,
  lanesMax = lanes,
): Promise<void> {
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const lane = async (): Promise<void> => {
    while (next < count && failure === undefined) {
      try {
        await work(next++);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanesMax, count) }, lane));
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
}
