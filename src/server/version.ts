/** What `/info` and `leat --version` say. Clients of ksqlDB look at the first two numbers of the server's version. */
export const version = '0.1.0';
