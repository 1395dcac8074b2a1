/** Answers of statements (spec: api.md §4), told apart by `@type`. */

interface ReplyOf<Type extends string> {
  readonly '@type': Type;
  readonly statementText: string;
  readonly warnings: readonly { readonly message: string }[];
}

/** A type as answers describe it. */
export interface SchemaInfo {
  readonly type: string;
  readonly fields: readonly { readonly name: string; readonly schema: SchemaInfo }[] | null;
  readonly memberSchema: SchemaInfo | null;
  /** Precision and scale of a DECIMAL. */
  readonly parameters?: { readonly precision: number; readonly scale: number };
}
export interface FieldInfo {
  readonly name: string;
  readonly schema: SchemaInfo;
  /** Absent for values. */
  readonly fieldType?: 'KEY' | 'HEADER';
  readonly headerKey?: string;
}
export interface QueryInfo {
  readonly id: string;
  readonly queryString: string;
  readonly queryType: 'PERSISTENT' | 'PUSH';
  readonly sinks: readonly string[];
  readonly sinkKafkaTopics: readonly string[];
  readonly statusCount: Readonly<Record<string, number>>;
  readonly state: string;
}
export interface SourceInfo {
  readonly type: 'STREAM' | 'TABLE';
  readonly name: string;
  readonly topic: string;
  readonly keyFormat: string;
  readonly valueFormat: string;
  readonly isWindowed: boolean;
}
export interface SourceDescription {
  readonly name: string;
  readonly type: 'STREAM' | 'TABLE';
  readonly windowType: 'SESSION' | 'HOPPING' | 'TUMBLING' | null;
  readonly fields: readonly FieldInfo[];
  readonly readQueries: readonly QueryInfo[];
  readonly writeQueries: readonly QueryInfo[];
  /** The column rows take their time from; empty if none. */
  readonly timestamp: string;
  readonly keyFormat: string;
  readonly valueFormat: string;
  readonly topic: string;
  readonly partitions: number;
  readonly statement: string;
  readonly statistics: string;
  readonly errorStats: string;
  readonly extended: boolean;
  readonly sourceConstraints: readonly string[];
}
export interface QueryDescription {
  readonly id: string;
  readonly statementText: string;
  readonly windowType: string | null;
  readonly fields: readonly FieldInfo[];
  readonly sources: readonly string[];
  readonly sinks: readonly string[];
  readonly topology: string;
  readonly executionPlan: string;
  readonly queryType: string;
  readonly state: string;
  readonly queryErrors: readonly {
    readonly timestamp: number;
    readonly errorMessage: string;
    readonly type: string;
  }[];
}

/** CREATE, DROP, ALTER, TERMINATE and the like: what became of the command. */
export interface CurrentStatus extends ReplyOf<'currentStatus'> {
  readonly commandId: string;
  readonly commandStatus: {
    readonly status: string;
    readonly message: string;
    readonly queryId: string | null;
  };
  readonly commandSequenceNumber: number;
}

export type Reply =
  | CurrentStatus
  | (ReplyOf<'warning_entity'> & { readonly message: string })
  | (ReplyOf<'streams'> & { readonly streams: readonly SourceInfo[] })
  | (ReplyOf<'tables'> & { readonly tables: readonly SourceInfo[] })
  | (ReplyOf<'sourceDescription'> & { readonly sourceDescription: SourceDescription })
  | (ReplyOf<'source_descriptions'> & { readonly sourceDescriptions: readonly SourceDescription[] })
  | (ReplyOf<'kafka_topics'> & {
      readonly topics: readonly {
        readonly name: string;
        readonly replicaInfo: readonly number[];
      }[];
    })
  | (ReplyOf<'kafka_topics_extended'> & {
      readonly topics: readonly {
        readonly name: string;
        readonly replicaInfo: readonly number[];
        readonly consumerCount: number;
        readonly consumerGroupCount: number;
      }[];
    })
  | (ReplyOf<'queries'> & { readonly queries: readonly QueryInfo[] })
  | (ReplyOf<'queryDescription'> & { readonly queryDescription: QueryDescription })
  | (ReplyOf<'query_descriptions'> & { readonly queryDescriptions: readonly QueryDescription[] })
  | (ReplyOf<'properties'> & {
      readonly properties: readonly {
        readonly name: string;
        readonly scope: string;
        readonly value: string | null;
        readonly editable: boolean;
        readonly level: string;
      }[];
      readonly overwrittenProperties: readonly string[];
      readonly defaultProperties: readonly string[];
    })
  | (ReplyOf<'function_names'> & {
      readonly functions: readonly {
        readonly name: string;
        readonly type: string;
        readonly category: string;
      }[];
    })
  | (ReplyOf<'describe_function'> & {
      readonly name: string;
      readonly description: string;
      readonly author: string;
      readonly version: string;
      readonly path: string;
      readonly type: string;
      readonly functions: readonly {
        readonly arguments: readonly {
          readonly name: string;
          readonly type: string;
          readonly description: string;
          readonly isVariadic: boolean;
        }[];
        readonly returnType: string;
        readonly description: string;
      }[];
    })
  | (ReplyOf<'type_list'> & { readonly types: Readonly<Record<string, SchemaInfo>> })
  | (ReplyOf<'variables'> & {
      readonly variables: readonly { readonly name: string; readonly value: string }[];
    })
  | (ReplyOf<'terminate_query'> & { readonly queryId: string; readonly wasTerminated: boolean })
  | (ReplyOf<'assert_topic'> & { readonly topicName: string; readonly exists: boolean })
  | (ReplyOf<'assert_schema'> & {
      readonly subject: string | null;
      readonly id: number | null;
      readonly exists: boolean;
    });
