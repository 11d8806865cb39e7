import type { Resolve } from './policy-pattern.ts';

/** Who asks: one connection, as policy variables see it. */
export interface PolicySubject {
  readonly clientId: string;
  readonly sourceIp: string | undefined;
  readonly certificate: SubjectCertificate | undefined;
  /** The thing of the client id's name, when the certificate is attached to it (reference §7.7). */
  readonly thing: SubjectThing | undefined;
}

interface SubjectCertificate {
  readonly certificateId: string;
  readonly commonName: string;
  readonly serialNumber: string;
}

interface SubjectThing {
  readonly thingName: string;
  readonly thingTypeName: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
}

const variables: ReadonlyMap<string, (subject: PolicySubject) => string | undefined> = new Map([
  ['iot:ClientId', ({ clientId }) => clientId],
  ['aws:SourceIp', ({ sourceIp }) => sourceIp],
  ['iot:Connection.Thing.ThingName', ({ thing }) => thing?.thingName],
  ['iot:Connection.Thing.ThingTypeName', ({ thing }) => thing?.thingTypeName],
  ['iot:Connection.Thing.IsAttached', ({ thing }) => String(thing !== undefined)],
  ['iot:CertificateId', ({ certificate }) => certificate?.certificateId],
  ['iot:Certificate.Subject.CommonName', ({ certificate }) => certificate?.commonName],
  ['iot:Certificate.SerialNumber', ({ certificate }) => certificate?.serialNumber],
]);

const attributePattern = /^iot:Connection\.Thing\.Attributes\[([^\]]+)\]$/;

export function isVariable(name: string): boolean {
  return variables.has(name) || attributePattern.test(name);
}

/** Undefined for unknown names too: they never match (reference §7.7). */
export function resolverFor(subject: PolicySubject): Resolve {
  return (name) => {
    const read = variables.get(name);
    return read === undefined ? attributeOf(subject, name) : read(subject);
  };
}

function attributeOf({ thing }: PolicySubject, name: string): string | undefined {
  const attribute = attributePattern.exec(name)?.[1];
  if (thing === undefined || attribute === undefined) return undefined;
  return Object.hasOwn(thing.attributes, attribute) ? thing.attributes[attribute] : undefined;
}
