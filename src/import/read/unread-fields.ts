import type { Report } from '../report.ts';
import type { Reader } from './reader.ts';

/** Fields that were not read. Those of the portal and the console have no effect on requests; others are unknown. */
export function tellUnread(root: Reader, report: Report): void {
  const groups = new Map<string, string[]>();
  for (const path of root.unread()) {
    const place = path.replace(/\[\d+\]/g, '[]');
    const what = knownFields.find(([pattern]) => pattern.test(place))?.[1];
    const key = what ?? `field ${place}, which this import does not know`;
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  for (const [what, paths] of groups) {
    const isKnown = knownFields.some(([, text]) => text === what);
    const names = [...new Set(paths.map((path) => path.replace(/\[\d+\]/g, '[]')))];
    report.add(isKnown ? 'told' : 'lost', isKnown ? `${what}: ${names.join(', ')}` : what, ...paths);
  }
}

const apiWords = [
  'id|hrid|crossId|cross_id|description|createdAt|created_at|updatedAt|updated_at|deployedAt|deployed_at|visibility',
  'lifecycleState|lifecycle_state|labels|categories|groups|groupRefs|members|primaryOwner|metadata|pages|picture|background',
  '_links|links|notifyMembers|disableMembershipNotifications|consoleNotification|consoleNotificationConfiguration',
  'notificationsRefs|contextRef|definitionContext|definition_context|originContext|portalNavigation|workflowState',
  'deploymentState|environmentId|allowedInApiProducts|allowMultiJwtOauth2Subscriptions|local|path_mappings|pathMappings',
  'entrypoints|contextPath|url|documentationUrl|provider|defaultInputModes|defaultOutputModes|capabilities|skills',
].join('|');
const planWords = [
  'id|hrid|crossId|description|order|type|mode|validation|characteristics|api|apiId|apiProductId|apis|referenceId',
  'referenceType|definitionVersion|comment_required|commentRequired|comment_message|commentMessage|createdAt|created_at',
  'updatedAt|updated_at|publishedAt|published_at|closedAt|closed_at|need_redeploy_at|generalConditions|general_conditions',
  'generalConditionsHrid|excludedGroups|excluded_groups|bootstrapPort|brokerRangeStart|brokerRangeEnd|status',
].join('|');
const END = '(?:$|[.[])';
const API_PATH = '^(?:(?:api|spec)\\.)?';
const PLAN_PATH = `${API_PATH}plans(?:\\[\\]|\\.[^.[]+)\\.`;
const FLOW = `(?:^|\\.)flows\\[\\]\\.`;

const PORTAL = 'for the portal, the console and the operator, without an effect on requests';
const knownFields: readonly (readonly [pattern: RegExp, what: string])[] = [
  [new RegExp(`${API_PATH}(?:${apiWords})${END}`), PORTAL],
  [
    new RegExp(`^(?:export|members|metadata|pages|apiPicture|apiBackground|apiMedia|kind|apiVersion|status)${END}`),
    PORTAL,
  ],
  [new RegExp(`${PLAN_PATH}(?:${planWords})${END}`), PORTAL],
  [new RegExp(`${PLAN_PATH}security\\.configuration${END}`), 'the security configuration of plans that need none'],
  [new RegExp(`${FLOW}(?:id|stage)${END}`), PORTAL],
  [new RegExp(`${FLOW}tags${END}`), 'tags of flows'],
  [
    new RegExp(`${FLOW}(?:publish|subscribe|connect|interact|entrypointConnect)${END}`),
    'phases of other kinds of API, which HTTP proxies do not run',
  ],
  [/\.messageCondition$/, 'conditions of messages, which HTTP proxies do not have'],
  [
    /\.listeners\[\]\.(?:pathMappings|cors|entrypoints\[\]\.(?:qos|dlq|configuration))(?:$|[.[])/,
    'options of listeners without an effect on requests',
  ],
  [/\.endpoints\[\]\.status$/, PORTAL],
  [/health-?check\.(?:steps\[\]\.)?(?:name|type|overrideConfiguration|inherit)$/i, 'names and kinds of health checks'],
];
