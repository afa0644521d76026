package io.wadi.runtime.config;

import static io.wadi.runtime.config.Setting.decimal;
import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.flag;
import static io.wadi.runtime.config.Setting.list;
import static io.wadi.runtime.config.Setting.matching;
import static io.wadi.runtime.config.Setting.number;
import static io.wadi.runtime.config.Setting.optional;
import static io.wadi.runtime.config.Setting.text;

import java.time.Duration;
import java.util.List;

/**
 * The settings that the runtime or several capabilities read; those of one capability stand beside its feature. Each stands in
 * {@code application.properties} too, with the same default; a test keeps it so.
 */
public final class WadiSettings {
    // ---- the servers
    public static final Setting<String> KAFKA_BROKERS =
            text("wadi.kafka.brokers", "localhost:9092", "Kafka's bootstrap servers, host:port, separated by commas.");
    public static final Setting<String> HDFS_URI = matching(
            "wadi.hdfs.uri",
            "hdfs://localhost:8020",
            "hdfs://[^/\\s]+/?",
            "a file system whose rename is atomic, which that of s3a, gs, abfs, file and others is not: "
                    + "hdfs:// and a NameNode or a name service",
            "The file system landed files are written to: a NameNode, or a name service of hdfs-site.xml.");
    public static final Setting<String> HDFS_WEB = text(
            "wadi.hdfs.web", "http://localhost:9870", "Where a browser reaches WebHDFS, for the links on the page.");
    public static final Setting<String> HDFS_CONF_DIR = optional(
            "wadi.hdfs.conf-dir",
            "that of the environment's HADOOP_CONF_DIR, if any",
            "The directory of the site's core-site.xml and hdfs-site.xml; empty: HADOOP_CONF_DIR of the environment.");
    public static final Setting<String> HDFS_USER = optional(
            "wadi.hdfs.user",
            "the user of the process",
            "The owner of what is landed, where HDFS believes any name; empty: the user of the process.");
    public static final Setting<String> HDFS_PRINCIPAL = optional(
            "wadi.hdfs.principal", "no Kerberos login", "Who logs in with Kerberos, such as wadi/_HOST@EXAMPLE.ORG.");
    public static final Setting<String> HDFS_KEYTAB =
            optional("wadi.hdfs.keytab", "no Kerberos login", "The file with the principal's keys.");
    public static final Setting<String> HDFS_UMASK = matching(
            "wadi.hdfs.umask",
            "",
            "([0-7]{3})?",
            "three octal digits, or nothing for the site's",
            "The rights that landed files and their directories do not get, such as 027; empty: the site's.");
    public static final Setting<Duration> HDFS_REQUEST_TIMEOUT = duration(
            "wadi.hdfs.request-timeout",
            "30s",
            "3s",
            "1m",
            "What HDFS has not done in this time has failed: the partition pauses, and is tried again.");

    public static final Setting<String> TOPICS_FILE = text(
            "wadi.topics-file",
            "topics.yaml",
            "The declared topics: a file, or the jar's own copy where there is none.");

    // ---- HTTP
    public static final Setting<String> HTTP_HOST =
            text("wadi.http.host", "localhost", "The address the events port binds to.");
    public static final Setting<Long> HTTP_PORT =
            number("wadi.http.port", "8080", 1, 65535, "The port events are taken on.");
    public static final Setting<String> HTTP_TLS_CERTIFICATE = optional(
            "wadi.http.tls-certificate",
            "HTTP without TLS",
            "The events port's certificate, then those it is signed by, as PEM; empty: HTTP without TLS.");
    public static final Setting<String> HTTP_TRUSTED_PROXIES = matching(
            "wadi.http.trusted-proxies",
            "",
            "[0-9A-Fa-f.:/, ]*",
            "addresses and networks such as 10.0.0.0/8, separated by commas, or nothing for none",
            "Proxies in front of the events port and the management port, whose X-Forwarded-For and X-Forwarded-Proto say where a request comes from.");
    public static final Setting<String> MANAGEMENT_HOST = text(
            "wadi.management.host", "localhost", "The address the management port (page, health, metrics) binds to.");
    public static final Setting<Long> MANAGEMENT_PORT =
            number("wadi.management.port", "9876", 1, 65535, "The management port.");
    public static final Setting<Long> MANAGEMENT_MAX_CONNECTIONS = number(
            "wadi.management.max-connections",
            "256",
            2,
            10_000,
            "Most connections to the management port, limited further to those that fit into 1/64 of the heap; one client network may have half of them, and more are closed at once.");
    public static final Setting<List<String>> MANAGEMENT_MASKED_FIELDS = list(
            "wadi.management.masked-fields",
            "password,passwd,secret,token,authorization,api-key,apiKey,cardNumber,cvc,iban",
            "Headers of records and fields of JSON whose values the management port does not show, whatever their case.");

    // ---- ingest
    public static final Setting<Duration> INGEST_JWT_REFRESH_INTERVAL = duration(
            "wadi.ingest.jwt-refresh-interval", "5m", "10s", "24h", "How often the JWK set is looked at for changes.");
    public static final Setting<Duration> INGEST_RELOAD_INTERVAL = duration(
            "wadi.ingest.reload-interval",
            "10s",
            "1s",
            "1h",
            "How often the files of keys and certificates are looked at for changes.");

    // ---- landing
    public static final Setting<Duration> LANDING_ROLL_INTERVAL = duration(
            "wadi.landing.roll-interval",
            "5m",
            "1s",
            "24h",
            "Publish a partition's file at the latest this long after its first record was written.");
    public static final Setting<Long> LANDING_REPLICATION =
            number("wadi.landing.replication", "3", 1, 512, "DataNodes that hold each block of a landed file.");

    // ---- alerts
    public static final Setting<String> ALERTS_TOPIC =
            text("wadi.alerts.topic", "metric.alerts", "The topic that changes of alerts are told in.");
    public static final Setting<String> STREAMS_STATE_DIRECTORY =
            text("wadi.streams.state-directory", ".wadi/streams", "Where Kafka Streams keeps files of its own.");
    public static final Setting<String> STREAMS_ADVERTISED_ADDRESS = matching(
            "wadi.streams.advertised-address",
            "",
            "(([\\w.-]+|\\[[0-9A-Fa-f:.]+]):\\d{1,5})?",
            "host:port, or nothing for none",
            "Where other processes reach this one's management port, to pass on who asks for a table; empty: they do not.");

    // ---- health
    public static final Setting<Duration> HEALTH_PROBE_INTERVAL = duration(
            "wadi.health.probe-interval", "2s", "100ms", "1m", "The pause between two questions to the same server.");
    public static final Setting<Duration> HEALTH_PROBE_TIMEOUT = duration(
            "wadi.health.probe-timeout",
            "3s",
            "100ms",
            "1m",
            "What a server has not answered in this time counts as a fault from when it was asked.");
    public static final Setting<Duration> HEALTH_DOWN_AFTER = duration(
            "wadi.health.down-after", "5s", "0s", "10m", "How long a fault has to last until its check is down.");
    public static final Setting<Duration> HEALTH_UP_AFTER = duration(
            "wadi.health.up-after",
            "5s",
            "0s",
            "10m",
            "How long all has to be well until a check that was down is up.");
    public static final Setting<String> HEALTH_TOPIC = text(
            "wadi.health.topic",
            "wadi.health",
            "The topic that health writes to and reads from to prove that Kafka works; where topics.yaml does not declare it, topics are looked at only.");
    public static final Setting<Duration> HEALTH_STALL_TIMEOUT = duration(
            "wadi.health.stall-timeout",
            "1m",
            "1s",
            "1h",
            "A partition that has records to read and makes no progress for this long is down.");
    public static final Setting<Duration> HEALTH_THREAD_TIMEOUT = duration(
            "wadi.health.thread-timeout",
            "10m",
            "1m",
            "1h",
            "A consumer thread that has not polled for this long is stuck or gone: the process is to be restarted.");
    // ---- restarts
    public static final Setting<Long> RESTART_COUNT = number(
            "wadi.restart.count",
            "0",
            0,
            1_000_000,
            "Restarts by a supervisor after the process ended by itself, for health, page and metrics; ./wadi up sets it.");
    public static final Setting<String> RESTART_CAUSE = optional(
            "wadi.restart.cause",
            "an unknown cause",
            "How the process before ended, such as \"was killed (exit code 137)\"; ./wadi up sets it.");

    // ---- failures
    public static final Setting<String> DEAD_LETTERS_TOPIC =
            text("wadi.dead-letters.topic", "wadi.dead-letter", "The topic that failed records end in.");

    // ---- observation
    public static final Setting<Boolean> TELEMETRY_ENABLED = flag(
            "wadi.telemetry.enabled",
            "true",
            "Whether requests, routes and partitions have metrics; those of the JVM are there in any case.");
    public static final Setting<Long> TELEMETRY_MAX_PARTITIONS = number(
            "wadi.telemetry.max-partitions",
            "1000",
            1,
            10_000,
            "Up to so many partitions that a process reads have metrics of their own; more are shown by topic.");
    public static final Setting<String> TELEMETRY_TRACES_ENDPOINT = matching(
            "wadi.telemetry.traces-endpoint",
            "",
            "(https?://[^\\s@]+)?",
            "an http or https address, or nothing for none",
            "The OpenTelemetry collector that traces are sent to, as OTLP over HTTP, such as http://collector:4318/v1/traces.");
    public static final Setting<Double> TELEMETRY_TRACES_SAMPLING_RATIO = decimal(
            "wadi.telemetry.traces-sampling-ratio",
            "0.01",
            0,
            1,
            "The share of requests without a traceparent that begin a trace; one with a traceparent says so itself.");

    // ---- stopping
    public static final Setting<Boolean> RELOAD_ENABLED = flag(
            "wadi.reload.enabled",
            "false",
            "Whether files of routes and streams that are saved while Wadi runs are taken over: all of a kind or, where one cannot be, none.");
    public static final Setting<Duration> RELOAD_INTERVAL = duration(
            "wadi.reload.interval",
            "250ms",
            "50ms",
            "1m",
            "How often it is looked whether route files have changed; they hold once they are the same at two looks.");
    public static final Setting<Duration> STOP_DELAY = duration(
            "wadi.stop.delay",
            "0s",
            "0s",
            "10m",
            "How long everything goes on once readiness is down, so that load balancers can turn away.");

    public static final Setting<Duration> STOP_PHASE_TIMEOUT = duration(
            "wadi.stop.phase-timeout",
            "10s",
            "100ms",
            "1h",
            "How long each phase of stopping may take; what is not finished is done again at the next start.");
    public static final Setting<Duration> STOP_TIMEOUT = duration(
            "wadi.stop.timeout",
            "25s",
            "1s",
            "1h",
            "How long all phases may take after the pause; two seconds later the process ends in any case.");

    /** All of them, in the order of the configuration table. */
    public static final List<Setting<?>> ALL = List.of(
            KAFKA_BROKERS,
            HDFS_URI,
            HDFS_WEB,
            HDFS_CONF_DIR,
            HDFS_USER,
            HDFS_PRINCIPAL,
            HDFS_KEYTAB,
            HDFS_UMASK,
            HDFS_REQUEST_TIMEOUT,
            TOPICS_FILE,
            HTTP_HOST,
            HTTP_PORT,
            HTTP_TLS_CERTIFICATE,
            HTTP_TRUSTED_PROXIES,
            MANAGEMENT_HOST,
            MANAGEMENT_PORT,
            MANAGEMENT_MAX_CONNECTIONS,
            MANAGEMENT_MASKED_FIELDS,
            INGEST_JWT_REFRESH_INTERVAL,
            INGEST_RELOAD_INTERVAL,
            LANDING_ROLL_INTERVAL,
            LANDING_REPLICATION,
            ALERTS_TOPIC,
            STREAMS_STATE_DIRECTORY,
            STREAMS_ADVERTISED_ADDRESS,
            HEALTH_PROBE_INTERVAL,
            HEALTH_PROBE_TIMEOUT,
            HEALTH_DOWN_AFTER,
            HEALTH_UP_AFTER,
            HEALTH_TOPIC,
            HEALTH_STALL_TIMEOUT,
            HEALTH_THREAD_TIMEOUT,
            RESTART_COUNT,
            RESTART_CAUSE,
            DEAD_LETTERS_TOPIC,
            RELOAD_ENABLED,
            RELOAD_INTERVAL,
            STOP_DELAY,
            STOP_PHASE_TIMEOUT,
            STOP_TIMEOUT,
            TELEMETRY_ENABLED,
            TELEMETRY_MAX_PARTITIONS,
            TELEMETRY_TRACES_ENDPOINT,
            TELEMETRY_TRACES_SAMPLING_RATIO);

    private WadiSettings() {}
}
