/** `GET /_fleetrig/jobs/<jobId>`: what the engine knows and AWS does not tell. Times in simulated ms. */
export type { JobObservation } from '../engine/job-queries.ts';
