/**
 * AWS's limits in one table: structural ones always hold (reference §0.5, §5, §9). Sizes in bytes,
 * times as named. Rates (quotas) are another matter and are off unless asked for.
 */
export const limits = {
  /** §9.2: PUBLISH payload. */
  payloadBytesMax: 131_072,
  /** §9.2: whole MQTT 5 packet, 146 KB. */
  packetBytesMax: 149_504,
  /** §9.2: the smallest Maximum Packet Size a client may announce. */
  clientPacketBytesMin: 512,
  topicBytesMax: 256,
  topicSlashesMax: 7,
  filtersPerSubscribeMax: 8,
  subscriptionsPerConnectionMax: 50,
  inFlightMax: 100,
  topicAliasMax: 8,
  clientIdBytesMax: 128,
  keepAliveSecondsMin: 30,
  keepAliveSecondsMax: 1200,
  keepAliveGraceRatio: 1.5,
  /** §9.2: persistent session, counted from the disconnect. */
  sessionExpirySecondsDefault: 3600,
  sessionExpirySecondsMax: 604_800,
  messageExpirySecondsMax: 604_800,
  sharedGroupsMax: 100,
  sharedSubscriptionsPerGroupMax: 100,
  userPropertiesBytesMax: 8192,
  correlationDataBytesMax: 8192,
  contentTypeBytesMax: 256,
  /** §9.2: stored messages of a resumed session. */
  replaysPerSecond: 10,
  /** §9.2: publishes of one connection, in and out together; a quota, off unless asked for. */
  publishesPerSecondMax: 100,
  /** §0.5: job document, UTF-8. */
  documentBytesMax: 32_768,
  /** §8.2: presigned-URL placeholders. */
  placeholdersPerDocumentMax: 10,
  /** §0.5: presignedUrlConfig.expiresInSec when not given. */
  presignedUrlSecondsDefault: 3600,
  /** §0.5 CHOICE. */
  namespaceIdMax: 64,
  targetsPerJobMax: 100,
  statusDetailsPairsMax: 10,
  statusDetailsKeyMax: 128,
  statusDetailsValueMax: 1024,
  timeoutMinutesMin: 1,
  timeoutMinutesMax: 10_080,
  ratePerMinuteMax: 1000,
  retriesMax: 10,
  packageVersionsMax: 25,
  tagsMax: 50,
  /** §5: pending executions shown to a device; with maintenance windows five more. */
  pendingShownMax: 10,
  pendingShownInWindowMax: 5,
  pageSizeMax: 250,
  /** §0.5 CHOICE. */
  pageSizeDefault: 50,
  clientTokenMax: 1024,
  groupDepthMax: 7,
  childGroupsMax: 100,
  groupsPerThingMax: 10,
  /** §0.5, blanks not counted. */
  policyCharactersMax: 2048,
  /** §7.7. */
  policiesPerTargetMax: 10,
  attributesWithoutTypeMax: 3,
  attributesWithTypeMax: 50,
  attributesPerGroupMax: 50,
  dynamicGroupsMax: 100,
  jobTemplatesMax: 100,
  deletionsInProgressMax: 10,
  concurrentJobsMax: 500,
  activeJobsMax: 100_000,
  /** §5: how far ahead a schedule may begin, and end. */
  startLeadYearsMax: 1,
  endLeadYearsMax: 2,
  /** §5: occurrences that DescribeJob tells. */
  /** CHOICE: AWS states no limit; each window costs a search through the calendar. */
  maintenanceWindowsMax: 100,
  rolloutsShownMax: 7,
  /** §1.1: jobs that left IN_PROGRESS are kept this long. */
  retentionDays: 730,
} as const;
