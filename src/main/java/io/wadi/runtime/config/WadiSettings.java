package io.wadi.runtime.config;

import static io.wadi.runtime.config.Setting.choice;
import static io.wadi.runtime.config.Setting.decimal;
import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.flag;
import static io.wadi.runtime.config.Setting.list;
import static io.wadi.runtime.config.Setting.matching;
import static io.wadi.runtime.config.Setting.number;
import static io.wadi.runtime.config.Setting.optional;
import static io.wadi.runtime.config.Setting.text;
import static io.wadi.runtime.config.Setting.withHost;

import java.time.Duration;
import java.util.List;

/**
 * The settings that the runtime or several features read. The settings of one feature are declared in its package. A
 * test checks that {@code application.properties} contains each of them with the same default.
 */
public final class WadiSettings {
    // ---- the servers
    public static final Setting<String> KAFKA_BROKERS =
            text("wadi.kafka.brokers", "localhost:9092", "Kafka's bootstrap servers, host:port, separated by commas.");
    public static final Setting<String> KAFKA_GROUP_PROTOCOL = choice(
            "wadi.kafka.group-protocol",
            "classic",
            List.of("classic", "consumer"),
            "Rebalance protocol of consumer groups: consumer is that of KIP-848, for brokers from 4.0 on, which then determine"
                    + " assignor, session timeout and heartbeat interval.");
    public static final Setting<String> HDFS_URI = withHost(matching(
            "wadi.hdfs.uri",
            "hdfs://localhost:8020",
            "hdfs://[^/\\s]+/?",
            "a file system with atomic rename, unlike s3a, gs, abfs, file and others: "
                    + "hdfs:// and a NameNode or a name service",
            "The file system for landed files: a NameNode, or a name service of hdfs-site.xml."));
    public static final Setting<String> HDFS_WEB = text(
            "wadi.hdfs.web",
            "http://localhost:9870",
            "Address of WebHDFS for browsers, used by links on the management page.");
    public static final Setting<String> HDFS_CONF_DIR = optional(
            "wadi.hdfs.conf-dir",
            "HADOOP_CONF_DIR of the environment, if set",
            "The directory of core-site.xml and hdfs-site.xml; empty: HADOOP_CONF_DIR of the environment.");
    public static final Setting<String> HDFS_USER = optional(
            "wadi.hdfs.user",
            "the user of the process",
            "The owner of landed files, if HDFS uses simple authentication; empty: the user of the process.");
    public static final Setting<String> HDFS_PRINCIPAL = optional(
            "wadi.hdfs.principal", "no Kerberos login", "The Kerberos principal, such as wadi/_HOST@EXAMPLE.ORG.");
    public static final Setting<String> HDFS_KEYTAB =
            optional("wadi.hdfs.keytab", "no Kerberos login", "The keytab file of the principal.");
    public static final Setting<String> HDFS_UMASK = matching(
            "wadi.hdfs.umask",
            "",
            "([0-7]{3})?",
            "three octal digits, or nothing for that of hdfs-site.xml",
            "The umask for landed files and their directories, such as 027; empty: that of hdfs-site.xml.");
    public static final Setting<Duration> HDFS_REQUEST_TIMEOUT = duration(
            "wadi.hdfs.request-timeout",
            "30s",
            "3s",
            "1m",
            "Timeout of an HDFS operation; after it the partition pauses and the operation is retried.");

    public static final Setting<String> TOPICS_FILE = text(
            "wadi.topics-file",
            "topics.yaml",
            "The file with the declared topics; if it is missing, the copy in the jar is used.");

    // ---- HTTP
    public static final Setting<String> HTTP_HOST =
            text("wadi.http.host", "localhost", "The address that the event port binds to.");
    public static final Setting<Long> HTTP_PORT =
            number("wadi.http.port", "8080", 1, Setting.MAX_PORT, "The event port.");
    public static final Setting<String> HTTP_TLS_CERTIFICATE = optional(
            "wadi.http.tls-certificate",
            "HTTP without TLS",
            "The certificate chain of the event port as PEM, its own certificate first; empty: HTTP without TLS.");
    public static final Setting<String> HTTP_TRUSTED_PROXIES = matching(
            "wadi.http.trusted-proxies",
            "",
            "[0-9A-Fa-f.:/, ]*",
            "addresses and networks such as 10.0.0.0/8, separated by commas, or nothing for none",
            "Trusted proxies in front of both ports; only their X-Forwarded-For and X-Forwarded-Proto headers are used. If set, both ports require authentication at loopback addresses, too.");
    public static final Setting<String> MANAGEMENT_HOST = text(
            "wadi.management.host",
            "localhost",
            "The address that the management port (page, health, metrics) binds to.");
    public static final Setting<Long> MANAGEMENT_PORT =
            number("wadi.management.port", "9876", 1, Setting.MAX_PORT, "The management port.");
    public static final Setting<Long> MANAGEMENT_MAX_CONNECTIONS = number(
            "wadi.management.max-connections",
            "256",
            2,
            10_000,
            "Maximum connections to the management port, limited further to those that fit into 1/64 of the heap; one client network may use half of them; further connections are closed at once.");
    public static final Setting<List<String>> MANAGEMENT_MASKED_FIELDS = list(
            "wadi.management.masked-fields",
            "password,passwd,secret,token,authorization,api-key,apiKey,cardNumber,cvc,iban",
            "Record headers and JSON fields with values that the management port hides; case is ignored.");

    // ---- ingest
    public static final Setting<Duration> INGEST_JWT_REFRESH_INTERVAL =
            duration("wadi.ingest.jwt-refresh-interval", "5m", "10s", "24h", "Interval of reloading the JWK sets.");
    public static final Setting<Duration> INGEST_RELOAD_INTERVAL = duration(
            "wadi.ingest.reload-interval",
            "10s",
            "1s",
            "1h",
            "Interval of checking the files of keys, users and certificates for changes.");

    // ---- landing
    public static final Setting<Duration> LANDING_ROLL_INTERVAL = duration(
            "wadi.landing.roll-interval",
            "5m",
            "1s",
            "24h",
            "Publish a partition's file at the latest this long after its first record was written.");
    public static final Setting<Long> LANDING_REPLICATION =
            number("wadi.landing.replication", "3", 1, 512, "HDFS replication factor of landed files.");

    // ---- alerts
    public static final Setting<String> ALERTS_TOPIC =
            text("wadi.alerts.topic", "metric.alerts", "The topic for state changes of alerts.");
    public static final Setting<String> STREAMS_STATE_DIRECTORY =
            text("wadi.streams.state-directory", ".wadi/streams", "The state directory of Kafka Streams.");
    public static final Setting<String> STREAMS_ADVERTISED_ADDRESS = withHost(
            matching(
                    "wadi.streams.advertised-address",
                    "",
                    "(([\\w.-]+|\\[[0-9A-Fa-f:.]+]):\\d{1,5})?",
                    "host:port, or nothing for none",
                    "The management port's address to which other instances forward queries of state stores; empty: they do not forward any."));

    // ---- health
    public static final Setting<Duration> HEALTH_PROBE_INTERVAL = duration(
            "wadi.health.probe-interval", "2s", "100ms", "1m", "Interval between two checks of the same server.");
    public static final Setting<Duration> HEALTH_PROBE_TIMEOUT = duration(
            "wadi.health.probe-timeout",
            "3s",
            "100ms",
            "1m",
            "Timeout of a check; after it the check has failed since the time of its request.");
    public static final Setting<Duration> HEALTH_DOWN_AFTER = duration(
            "wadi.health.down-after", "5s", "0s", "10m", "How long a check must fail until its state is down.");
    public static final Setting<Duration> HEALTH_UP_AFTER = duration(
            "wadi.health.up-after",
            "5s",
            "0s",
            "10m",
            "How long a check must succeed until its state changes from down to up.");
    public static final Setting<String> HEALTH_TOPIC = text(
            "wadi.health.topic",
            "wadi.health",
            "The topic that the Kafka check writes to and reads from; if topics.yaml does not declare it, the check reads metadata only.");
    public static final Setting<Duration> HEALTH_STALL_TIMEOUT = duration(
            "wadi.health.stall-timeout",
            "1m",
            "1s",
            "1h",
            "Time without progress after which the health check of a partition with consumer lag is down.");
    public static final Setting<Duration> HEALTH_THREAD_TIMEOUT = duration(
            "wadi.health.thread-timeout",
            "10m",
            "1m",
            "1h",
            "Time without a poll after which a consumer thread counts as stuck or ended: liveness fails, so that the process is restarted.");
    // ---- restarts
    public static final Setting<Long> RESTART_COUNT = number(
            "wadi.restart.count",
            "0",
            0,
            1_000_000,
            "Restarts by a supervisor after unexpected ends of the process, for health, page and metrics; ./wadi up sets it.");
    public static final Setting<String> RESTART_CAUSE = optional(
            "wadi.restart.cause",
            "an unknown cause",
            "How the previous process ended, such as \"was killed (exit code 137)\"; ./wadi up sets it.");

    // ---- failures
    public static final Setting<String> DEAD_LETTERS_TOPIC =
            text("wadi.dead-letters.topic", "wadi.dead-letter", "The dead-letter topic.");

    // ---- observation
    public static final Setting<Boolean> TELEMETRY_ENABLED = flag(
            "wadi.telemetry.enabled",
            "true",
            "Whether metrics of requests, routes and partitions are collected; JVM metrics always are.");
    public static final Setting<Long> TELEMETRY_MAX_PARTITIONS = number(
            "wadi.telemetry.max-partitions",
            "1000",
            1,
            10_000,
            "Maximum consumed partitions with metrics per partition; with more of them metrics are per topic.");
    public static final Setting<String> TELEMETRY_TRACES_ENDPOINT = withHost(matching(
            "wadi.telemetry.traces-endpoint",
            "",
            "(https?://[^\\s@]+)?",
            "an http or https address without a user, or nothing for none",
            "The OpenTelemetry collector for traces, by OTLP over HTTP, such as http://collector:4318/v1/traces."));
    public static final Setting<Double> TELEMETRY_TRACES_SAMPLING_RATIO = decimal(
            "wadi.telemetry.traces-sampling-ratio",
            "0.01",
            0,
            1,
            "The share of requests without a traceparent header that are traced; for others the header determines it.");

    // ---- stopping
    public static final Setting<Boolean> RELOAD_ENABLED = flag(
            "wadi.reload.enabled",
            "false",
            "Whether changed route and topology files are reloaded while Wadi runs: all changed files of a kind, or none if one is invalid.");
    public static final Setting<Duration> RELOAD_INTERVAL = duration(
            "wadi.reload.interval",
            "250ms",
            "50ms",
            "1m",
            "Interval of checking route files for changes; a change is loaded once two checks find the same content.");
    public static final Setting<Duration> STOP_DELAY = duration(
            "wadi.stop.delay",
            "0s",
            "0s",
            "10m",
            "How long the pipeline keeps running after readiness is down, so that load balancers stop sending requests.");

    public static final Setting<Duration> STOP_PHASE_TIMEOUT = duration(
            "wadi.stop.phase-timeout",
            "10s",
            "100ms",
            "1h",
            "Timeout of each shutdown phase; unfinished work is repeated at the next start.");
    public static final Setting<Duration> STOP_TIMEOUT = duration(
            "wadi.stop.timeout",
            "25s",
            "1s",
            "1h",
            "Timeout of all shutdown phases after wadi.stop.delay; two seconds later the process ends in any case.");

    /** All settings, in the order of the configuration reference. */
    public static final List<Setting<?>> ALL = Setting.declaredIn(WadiSettings.class);

    private WadiSettings() {}
}
