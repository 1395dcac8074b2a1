/** Every metric: what it is, and what it says. docs/metrics.md is made of this; the names are shown with `leat_` before them. */

export type MetricType = 'counter' | 'gauge' | 'histogram';

export const metricTable: Readonly<Record<string, readonly [type: MetricType, help: string]>> = {
  build_info: ['gauge', 'Always 1; version of Leat and of Node.'],
  process_start_time_seconds: ['gauge', 'When the process started, in seconds since 1970.'],
  process_resident_memory_bytes: ['gauge', 'Memory of the process, all threads.'],
  process_cpu_seconds_total: ['counter', 'Processor time of the process, all threads.'],
  process_open_fds: ['gauge', 'Open file descriptors, where the system tells.'],
  heap_used_bytes: ['gauge', 'JavaScript heap in use, by thread.'],
  heap_total_bytes: ['gauge', 'JavaScript heap taken from the system, by thread.'],
  external_bytes: ['gauge', 'Memory of buffers outside of the JavaScript heap, by thread.'],
  loop_delay_seconds: [
    'gauge',
    'How late the event loop of a thread came since the last scrape: median, 99th percentile and maximum.',
  ],
  gc_seconds: [
    'histogram',
    'Time that collecting garbage took, by thread, since the first scrape.',
  ],

  engine_up: [
    'gauge',
    'Whether the engine answered this scrape in time; if not, what it measures is missing.',
  ],
  ticks_total: ['counter', 'Ticks that committed something.'],
  slice_seconds: ['histogram', 'How long the engine worked at a time, until others got a turn.'],
  commit_seconds: ['histogram', 'How long commits took, flushing to disk included.'],
  commits_total: [
    'counter',
    'Commits by result: ok, full (refused, the disk is full), unknown (the process stops).',
  ],
  commit_state_changes_total: ['counter', 'Changes of state that commits have written.'],
  disk_full: ['gauge', '1 while the last commit was refused because the disk is full.'],
  records_in_total: ['counter', 'Records that producers handed in and that are durable, by topic.'],
  bytes_in_total: ['counter', 'Bytes of their batches as stored, by topic.'],
  records_out_total: ['counter', 'Records that persistent queries wrote, by query.'],
  bytes_out_total: ['counter', 'Bytes of their batches as stored, by query.'],
  records_processed_total: ['counter', 'Records that queries looked at, push queries included.'],
  processing_errors_total: [
    'counter',
    'Records skipped and columns set to NULL because of an error.',
  ],
  query_errors_total: [
    'counter',
    'Errors by kind: deserialization, processing, production, serialization (a record is skipped or a column NULL), failure (the query stopped).',
  ],
  query_failures_total: ['counter', 'How often a query stopped because of an error, by query.'],
  query_state: ['gauge', '1 for the state a persistent query is in: running, paused, error.'],
  query_lag_records: [
    'gauge',
    'Records of an input that a query has not processed; beyond a thousand partitions the largest are told apart.',
  ],
  query_lag_seconds: [
    'gauge',
    'How old the first of these records is at most, as far as scrapes have seen; missing where that is not known.',
  ],
  query_last_progress_seconds: ['gauge', 'Time since the query last processed a record.'],
  late_records_dropped_total: [
    'counter',
    'Records of whose windows all were closed, by query, since the query was started.',
  ],
  state_rows: ['gauge', 'Rows that the stores of a query hold.'],
  state_bytes: ['gauge', 'About how much memory they stand for.'],
  state_resident_bytes: [
    'gauge',
    'Memory that rows of state take in this process, of all queries.',
  ],
  state_memory_limit_bytes: ['gauge', 'How much they may take before rows go to disk.'],
  state_spilled_bytes: ['gauge', 'Bytes of rows of state that are on disk.'],
  state_spill_file_bytes: ['gauge', 'Size of the files they are in.'],
  state_spill_reads_total: ['counter', 'Rows of state that were read back from disk.'],
  persistent_queries: ['gauge', 'Persistent queries, whatever their state.'],
  push_queries: ['gauge', 'Push queries and PRINTs that run.'],
  queries_started_total: ['counter', 'Queries that clients started: push, pull, print.'],
  limit_hits_total: ['counter', 'How often a limit was passed (docs/limits.md), by its key.'],

  connections: ['gauge', 'Open connections.'],
  connections_refused_total: [
    'counter',
    'Connections that were refused, by the limit that was reached.',
  ],
  requests_active: ['gauge', 'Requests and WebSockets under way.'],
  requests_total: ['counter', 'Answers by route, method and status.'],
  request_seconds: ['histogram', 'Time until an answer began, by route.'],
  errors_total: ['counter', 'Errors that clients were told of, by code (docs/errors.md).'],
  slow_consumers: ['gauge', 'Push queries that stand still because their readers take nothing.'],
  slow_consumers_total: ['counter', 'Readers that were closed because they took nothing.'],
};
