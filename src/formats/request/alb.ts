import type { FormatOptions } from '../format-options.ts';
import { quote, TextField } from '../json-text.ts';
import { queryOf, queryValues } from '../query.ts';
import type { EventDialect } from './aws-request.ts';
import { NO_ACCOUNT } from './event-facts.ts';
import { allValues, eventHeaders, keyOf, lastValues } from './event-headers.ts';
import { allOfQuery, lastOfQuery } from './query-json.ts';

const NO_TARGET_GROUP = `arn:aws:elasticloadbalancing:us-east-1:${NO_ACCOUNT}:targetgroup/lambda-ext-proc/0000000000000000`;

/** Events of an Application Load Balancer: path and query as they were sent, nothing decoded. */
export function albEvent(options: FormatOptions): EventDialect {
  const { multiValueHeaders: isMulti } = options;
  const targetGroup = new TextField('targetGroupArn', options.targetGroupArn, NO_TARGET_GROUP);
  return {
    noBody: ',"body":""',
    isLenient: false,
    members(request, transaction) {
      const headers = eventHeaders(request, { contentLength: request.bytes?.length ?? 0, hasTraceId: true });
      const query = queryValues(queryOf(request.uri), false);
      return (
        `"requestContext":{"elb":{"targetGroupArn":${targetGroup.json(transaction)}}},` +
        `"httpMethod":${quote(request.method)},"path":${quote(request.path)},` +
        (isMulti
          ? `"multiValueQueryStringParameters":${allOfQuery(query)},"multiValueHeaders":${allValues(headers, keyOf.lower)}`
          : `"queryStringParameters":${lastOfQuery(query)},"headers":${lastValues(headers, keyOf.lower)}`)
      );
    },
  };
}
