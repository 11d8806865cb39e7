import type { Account } from './names.ts';

/** A placeholder of a managed template's document and what may be put there (reference §8.3). */
export interface DocumentParameter {
  readonly key: string;
  readonly description: string;
  readonly regex: string;
  readonly example: string;
  readonly optional: boolean;
}

/** A job template that AWS keeps for everybody. */
export interface ManagedTemplate {
  readonly templateName: string;
  readonly templateVersion: string;
  readonly description: string;
  readonly environments: readonly string[];
  readonly documentParameters: readonly DocumentParameter[];
  readonly document: string;
}

const runAsUser: DocumentParameter = {
  key: 'runAsUser',
  description: 'User to run the handler as; the one of the device client when not given.',
  regex: '(.){0,256}',
  example: 'user1',
  optional: true,
};

const pathToHandler: DocumentParameter = {
  key: 'pathToHandler',
  description: 'Folder of the handler; the working directory of the device client when not given.',
  regex: '(.){0,4096}',
  example: '/path/to/handler',
  optional: true,
};

const packages = required('packages', 'Applications, separated by blanks.', 'nginx curl');
const services = required('services', 'Services, separated by blanks.', 'nginx mosquitto');

/** Reference §8.3, by name. */
export const managedTemplates: readonly ManagedTemplate[] = [
  handlerTemplate('AWS-Download-File', 'downloading a file', 'download-file.sh', [
    required('downloadUrl', 'URL of the file.', 'https://example.com/firmware.bin'),
    required('filePath', 'Where the device stores the file.', '/tmp/firmware.bin'),
  ]),
  handlerTemplate(
    'AWS-Install-Application',
    'installing one or more applications',
    'install-packages.sh',
    [packages],
  ),
  handlerTemplate('AWS-Reboot', 'rebooting the device', 'reboot.sh', []),
  handlerTemplate(
    'AWS-Remove-Application',
    'uninstalling one or more applications',
    'remove-packages.sh',
    [packages],
  ),
  handlerTemplate(
    'AWS-Restart-Application',
    'stopping and restarting one or more services',
    'restart-services.sh',
    [services],
  ),
  template(
    'AWS-Run-Command',
    'running a shell command',
    [
      required(
        'command',
        'Command and arguments, separated by commas; a comma of their own is escaped.',
        'echo,hello',
      ),
    ],
    { type: 'runCommand', input: { command: placeholder('command') } },
  ),
  handlerTemplate('AWS-Start-Application', 'starting one or more services', 'start-services.sh', [
    services,
  ]),
  handlerTemplate('AWS-Stop-Application', 'stopping one or more services', 'stop-services.sh', [
    services,
  ]),
];

/** By name, and by version if one is given; each has a single version so far. */
export function findManagedTemplate(name: string, version?: string): ManagedTemplate | undefined {
  return managedTemplates.find(
    ({ templateName, templateVersion }) =>
      templateName === name && (version === undefined || templateVersion === version),
  );
}

/** The only ARNs of AWS IoT without an account (reference §0.2). */
export function managedTemplateArn(
  { partition, region }: Account,
  { templateName, templateVersion }: ManagedTemplate,
): string {
  return `arn:${partition}:iot:${region}::jobtemplate/${templateName}:${templateVersion}`;
}

function handlerTemplate(
  templateName: string,
  purpose: string,
  handler: string,
  parameters: readonly DocumentParameter[],
): ManagedTemplate {
  const args = parameters.map(({ key }) => placeholder(key));
  return template(templateName, purpose, parameters, {
    type: 'runHandler',
    input: {
      handler,
      ...(args.length === 0 ? {} : { args }),
      path: placeholder(pathToHandler.key),
    },
  });
}

/** `action` is what sets its document apart; the operation is named after the template. */
function template(
  templateName: string,
  purpose: string,
  parameters: readonly DocumentParameter[],
  action: object,
): ManagedTemplate {
  const name = templateName.replace('AWS-', '');
  const document = {
    version: '1.0',
    steps: [{ action: { name, ...action, runAsUser: placeholder(runAsUser.key) } }],
  };
  return {
    templateName,
    templateVersion: '1.0',
    description: `A managed job template for ${purpose}.`,
    environments: ['LINUX'],
    documentParameters: [...parameters, runAsUser, pathToHandler],
    document: JSON.stringify(document),
  };
}

function required(key: string, description: string, example: string): DocumentParameter {
  return { key, description, regex: '(.)+', example, optional: false };
}

function placeholder(key: string): string {
  return `\${aws:iot:parameter:${key}}`;
}
