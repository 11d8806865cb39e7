/** An object in S3, as a URL names it. */
export interface S3Object {
  readonly bucket: string;
  /** Decoded; may hold slashes. */
  readonly key: string;
}

const endpoint = String.raw`s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?`;
const pathStyle = new RegExp(`^${endpoint}$`);
const virtualHosted = new RegExp(`^(.+?)\\.${endpoint}$`);
const bucketName = /^[a-zA-Z0-9][\w.-]{2,254}$/;

/**
 * The object of `https://s3.<region>.amazonaws.com/<bucket>/<key>`, the region being optional, or of
 * `https://<bucket>.s3.<region>.amazonaws.com/<key>` (reference §8.2). Undefined for any other text,
 * also for a URL with a query: one version of an object cannot be asked for.
 */
export function parseS3Url(text: string): S3Object | undefined {
  if (!text.startsWith('https://') || !URL.canParse(text)) return undefined;
  const { hostname, pathname, search, hash, port } = new URL(text);
  if (search !== '' || hash !== '' || port !== '') return undefined;
  const path = decoded(pathname.slice(1));
  if (path === undefined) return undefined;
  if (pathStyle.test(hostname)) {
    const slash = path.indexOf('/');
    return slash < 0 ? undefined : objectOf(path.slice(0, slash), path.slice(slash + 1));
  }
  return objectOf(virtualHosted.exec(hostname)?.[1] ?? '', path);
}

export function isBucketName(text: string): boolean {
  return bucketName.test(text);
}

function objectOf(bucket: string, key: string): S3Object | undefined {
  // Clients take `.` and `..` out of paths, so such keys cannot be asked for by a URL.
  const isReachable = key !== '' && !key.split('/').some((part) => part === '.' || part === '..');
  return isBucketName(bucket) && isReachable ? { bucket, key } : undefined;
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
