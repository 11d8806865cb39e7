import type { AttributeChange } from '../engine/commands.ts';

/** Attributes of things and groups as they come over HTTP (reference §7.4). */
export interface AttributePayload {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly merge?: boolean;
}

export interface GroupProperties {
  readonly thingGroupDescription?: string;
  readonly attributePayload?: AttributePayload;
}

/** A payload without attributes changes none. */
export function attributeChangeOf(payload: AttributePayload | undefined): {
  readonly attributes?: AttributeChange;
} {
  const { attributes, merge = false } = payload ?? {};
  return attributes === undefined ? {} : { attributes: { attributes, merge } };
}

/** The properties of a new group. */
export function propertiesOf(properties: GroupProperties = {}): {
  readonly description?: string;
  readonly attributes: Readonly<Record<string, string>>;
} {
  return {
    ...descriptionOf(properties),
    attributes: properties.attributePayload?.attributes ?? {},
  };
}

/** What is to become of the properties of a group. */
export function propertyChangesOf(properties: GroupProperties): {
  readonly description?: string;
  readonly attributes?: AttributeChange;
} {
  return { ...descriptionOf(properties), ...attributeChangeOf(properties.attributePayload) };
}

function descriptionOf({ thingGroupDescription: description }: GroupProperties): {
  readonly description?: string;
} {
  return description === undefined ? {} : { description };
}
