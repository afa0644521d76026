package io.wadi.runtime.config;

import static io.wadi.runtime.config.Setting.choice;
import static io.wadi.runtime.config.Setting.decimal;
import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.flag;
import static io.wadi.runtime.config.Setting.list;
import static io.wadi.runtime.config.Setting.matching;
import static io.wadi.runtime.config.Setting.number;
import static io.wadi.runtime.config.Setting.optional;
import static io.wadi.runtime.config.Setting.size;
import static io.wadi.runtime.config.Setting.some;
import static io.wadi.runtime.config.Setting.text;

import java.time.Duration;
import java.util.List;

/** Every property of Wadi. Each stands in {@code application.properties} too, with the same default; a test keeps it so. */
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
    public static final Setting<Duration> HDFS_ANSWER_WITHIN = duration(
            "wadi.hdfs.answer-within",
            "30s",
            "3s",
            "1m",
            "What HDFS has not done in this time has failed: the partition pauses, and is tried again.");
    public static final Setting<List<String>> ELASTICSEARCH_HOSTS = list(
            "wadi.elasticsearch.hosts",
            "localhost:9200",
            "Elasticsearch's hosts, host:port, separated by commas; https://host:port for TLS.");
    public static final Setting<String> ELASTICSEARCH_USER =
            optional("wadi.elasticsearch.user", "no user", "Who asks, by basic authentication.");
    public static final Setting<String> ELASTICSEARCH_PASSWORD =
            optional("wadi.elasticsearch.password", "no user", "The user's password.");
    public static final Setting<String> ELASTICSEARCH_API_KEY = optional(
            "wadi.elasticsearch.api-key", "no key", "An API key in place of a user, as Elasticsearch encodes it.");
    public static final Setting<String> ELASTICSEARCH_CA_FILE = optional(
            "wadi.elasticsearch.ca-file",
            "those of the JDK",
            "Certificates (PEM) of the authority that Elasticsearch's is checked with; empty: those of the JDK.");
    public static final Setting<Duration> ELASTICSEARCH_ANSWER_WITHIN = duration(
            "wadi.elasticsearch.answer-within",
            "30s",
            "1s",
            "10m",
            "What Elasticsearch has not answered in this time is asked again.");

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
    public static final Setting<String> HTTP_TLS_KEY = optional(
            "wadi.http.tls-key",
            "HTTP without TLS",
            "The certificate's private key as PEM: PKCS #8, without a password; empty: HTTP without TLS.");
    public static final Setting<String> HTTP_TLS_CLIENT_CA = optional(
            "wadi.http.tls-client-ca",
            "clients without certificates",
            "Certificates as PEM, by one of which a client's has to be signed; empty: clients need none.");
    public static final Setting<List<String>> HTTP_ORIGINS =
            list("wadi.http.origins", "*", "Origins that a browser may send events from; * for any.");
    public static final Setting<Long> HTTP_MAX_BODY = size(
            "wadi.http.max-body",
            "8MiB",
            "1KiB",
            "1GiB",
            "The largest request body; a larger one is answered with 413.");
    public static final Setting<Long> HTTP_MAX_STREAM = size(
            "wadi.http.max-stream",
            "4GiB",
            "1KiB",
            "1024GiB",
            "The largest body of POST /events/{topic}, decompressed, which is read as it comes; what is beyond is answered with 413.");
    public static final Setting<Long> HTTP_MAX_RATIO = number(
            "wadi.http.max-ratio",
            "200",
            2,
            100_000,
            "How many times its size a compressed body may become, beyond the first MiB; then 413.");
    public static final Setting<String> HTTP_TRUSTED_PROXIES = matching(
            "wadi.http.trusted-proxies",
            "",
            "[0-9A-Fa-f.:/, ]*",
            "addresses and networks such as 10.0.0.0/8, separated by commas, or nothing for none",
            "Proxies in front of the events port and the management port, whose X-Forwarded-For and X-Forwarded-Proto say where a request comes from.");
    public static final Setting<Long> HTTP_MAX_URI = size(
            "wadi.http.max-uri",
            "8KiB",
            "1KiB",
            "64KiB",
            "The longest request line; a longer one is answered with 414.");
    public static final Setting<Long> HTTP_MAX_HEADERS = size(
            "wadi.http.max-headers",
            "16KiB",
            "1KiB",
            "64KiB",
            "All headers of a request; larger ones are answered with 431.");
    public static final Setting<Long> HTTP_MAX_CONNECTIONS = number(
            "wadi.http.max-connections",
            "10000",
            1,
            1_000_000,
            "Connections at a time, and at most as many as fit into an eighth of the heap; more are closed at once.");
    public static final Setting<Long> HTTP_MAX_STREAMS = number(
            "wadi.http.max-streams",
            "100",
            1,
            1000,
            "Requests that one HTTP/2 connection may have begun at a time; more are refused, to be sent again.");
    public static final Setting<Duration> HTTP_HEADERS_WITHIN = duration(
            "wadi.http.headers-within",
            "10s",
            "1s",
            "1m",
            "How long a connection may take to send its first request's headers before it is closed.");
    public static final Setting<Duration> HTTP_IDLE = duration(
            "wadi.http.idle", "1m", "1s", "1h", "How long a connection may be without a request before it is closed.");
    public static final Setting<Long> HTTP_BODY_RATE = size(
            "wadi.http.body-rate",
            "1KiB",
            "0B",
            "1MiB",
            "Bytes a second that a body must bring, over ten seconds, or be answered with 408; 0B for any speed.");
    public static final Setting<Long> HTTP_LOOPS = number(
            "wadi.http.loops", "0", 0, 64, "Threads that take events; 0 for half as many as there are processors.");
    public static final Setting<String> MANAGEMENT_HOST = text(
            "wadi.management.host", "localhost", "The address the management port (page, health, metrics) binds to.");
    public static final Setting<Long> MANAGEMENT_PORT =
            number("wadi.management.port", "9876", 1, 65535, "The management port.");
    public static final Setting<String> MANAGEMENT_USERS_FILE = optional(
            "wadi.management.users-file",
            "no users",
            "Those who may log in at the management port, made by ./wadi users hash; empty: nobody is asked, unless tokens are, and the port stays on this machine.");
    public static final Setting<String> MANAGEMENT_JWT_JWKS = matching(
            "wadi.management.jwt-jwks",
            "",
            "(https://[^\\s]+|(?!\\w+://).*)",
            "a file or an https address, or nothing for no tokens",
            "The issuer's JWK set, where JWTs are taken at the management port: a file or an https address; empty: no tokens.");
    public static final Setting<String> MANAGEMENT_JWT_ISSUER =
            optional("wadi.management.jwt-issuer", "no tokens", "The issuer (iss) of the management port's tokens.");
    public static final Setting<String> MANAGEMENT_JWT_AUDIENCE = text(
            "wadi.management.jwt-audience",
            "wadi",
            "What the audience (aud) of the management port's tokens has among it.");
    public static final Setting<String> MANAGEMENT_JWT_ROLE_CLAIM = text(
            "wadi.management.jwt-role-claim",
            "role",
            "The claim of the management port's tokens that says view or operate.");
    public static final Setting<Duration> MANAGEMENT_SESSION = duration(
            "wadi.management.session", "8h", "1m", "30d", "How long a login at the management port's page holds.");
    public static final Setting<Long> MANAGEMENT_MAX_CONNECTIONS = number(
            "wadi.management.max-connections",
            "256",
            2,
            10_000,
            "Most connections to the management port, limited further to those that fit into 1/64 of the heap; one client network may have half of them, and more are closed at once.");
    public static final Setting<Duration> MANAGEMENT_IDLE_TIMEOUT = duration(
            "wadi.management.idle-timeout",
            "1m",
            "1s",
            "1h",
            "How long a client of the management port may take to send the headers of a request, then its body, then to take the answer; after that its connection is closed.");
    public static final Setting<List<String>> MANAGEMENT_HOST_NAMES = list(
            "wadi.management.host-names",
            "localhost,*.localhost,*.svc,*.cluster.local",
            "Names that requests to the management port may be addressed to, such as wadi.example.com, *.example.com, or * for any; IP addresses always are, with users names without a dot too.");
    public static final Setting<List<String>> MANAGEMENT_MASKED = list(
            "wadi.management.masked",
            "password,passwd,secret,token,authorization,api-key,apiKey,cardNumber,cvc,iban",
            "Headers of records and fields of JSON whose values the management port does not show, whatever their case.");

    // ---- intake
    public static final Setting<String> WEB_EVENTS_TOPIC =
            text("wadi.web-events.topic", "select-color", "The topic of GET /api/select.");
    public static final Setting<String> PIXEL_TOPIC =
            text("wadi.pixel.topic", "select-color", "The topic of GET /pixel.gif where its query names none.");
    public static final Setting<Long> INTAKE_ACKNOWLEDGE_WITHIN_MS = number(
            "wadi.intake.acknowledge-within-ms",
            "3000",
            2000,
            60_000,
            "Milliseconds Kafka may take to acknowledge an event before its sender is told 503.");
    public static final Setting<Long> INTAKE_IN_FLIGHT_REQUESTS = number(
            "wadi.intake.in-flight-requests",
            "4096",
            1,
            500_000,
            "Most requests in progress at a time; further ones are answered with 503.");
    public static final Setting<Long> INTAKE_IN_FLIGHT_BYTES = size(
            "wadi.intake.in-flight-bytes",
            "64MiB",
            "1MiB",
            "64GiB",
            "Bytes that requests may hold at most, and at most a sixth of the heap; a client may hold twice what is free of them, and all clients without a key together three quarters where keys are configured. Others are answered with 503.");
    public static final Setting<Duration> INTAKE_MAX_WAIT = duration(
            "wadi.intake.max-wait",
            "20ms",
            "5ms",
            "10s",
            "How long requests with more than 4 KiB may wait for the event loop while their client is behind; others are answered with 503.");
    public static final Setting<Long> INTAKE_WINDOW = size(
            "wadi.intake.window",
            "4MiB",
            "64KiB",
            "64MiB",
            "Bytes kept for one request at most; a longer body goes through it in such pieces.");
    public static final Setting<Long> INTAKE_MAX_EVENT = size(
            "wadi.intake.max-event",
            "1000KiB",
            "1KiB",
            "64MiB",
            "The largest event; Kafka's message.max.bytes has to be larger. A larger one is refused.");
    public static final Setting<Long> INTAKE_MAX_EVENTS = number(
            "wadi.intake.max-events",
            "10000000",
            1,
            1_000_000_000,
            "Events in one body at most; two bytes are kept for each until the answer.");
    public static final Setting<Long> INTAKE_MAX_REJECTED = number(
            "wadi.intake.max-rejected",
            "1000",
            0,
            1_000_000_000,
            "Events of one body that may be rejected; after more the rest of the body is not read, and the answer is 400.");
    public static final Setting<Long> INTAKE_RATE = number(
            "wadi.intake.rate",
            "0",
            0,
            10_000_000,
            "Events a second that a client may send in the long run, further ones are answered with 429; 0 for any number.");
    public static final Setting<Long> INTAKE_BURST = number(
            "wadi.intake.burst",
            "0",
            0,
            10_000_000,
            "Events that a client may send at once after a rest; 0 for those of one second.");
    public static final Setting<Long> INTAKE_CLIENTS = number(
            "wadi.intake.clients", "20000", 100, 1_000_000, "Clients whose rates are remembered; some 0.5 KB each.");
    public static final Setting<String> INTAKE_KEYS_FILE = optional(
            "wadi.intake.keys-file",
            "no keys",
            "The keys of those who may send, made by ./wadi keys new; empty: whoever may, unless tokens are asked for.");
    public static final Setting<Boolean> INTAKE_ANONYMOUS_ENABLED = flag(
            "wadi.intake.anonymous.enabled",
            "false",
            "Whether an events port that other machines reach opens without keys, tokens and client certificates: then only to the topics of GET /api/select and the pixel, and those of intake.keys [anyone].");
    public static final Setting<String> INTAKE_JWT_JWKS = matching(
            "wadi.intake.jwt-jwks",
            "",
            "(https://[^\\s]+|(?!\\w+://).*)",
            "a file or an https address, or nothing for no tokens",
            "The issuer's JWK set, where JWTs are taken as keys are: a file or an https address; empty: no tokens.");
    public static final Setting<String> INTAKE_JWT_ISSUER =
            optional("wadi.intake.jwt-issuer", "no tokens", "The issuer (iss) of such tokens.");
    public static final Setting<String> INTAKE_JWT_AUDIENCE =
            text("wadi.intake.jwt-audience", "wadi", "What their audience (aud) has among it.");
    public static final Setting<String> INTAKE_JWT_TOPICS_CLAIM =
            text("wadi.intake.jwt-topics-claim", "topics", "Their claim with the topics that may be written to.");
    public static final Setting<Duration> INTAKE_JWT_REFRESH_EVERY = duration(
            "wadi.intake.jwt-refresh-every", "5m", "10s", "24h", "How often the JWK set is looked at for changes.");
    public static final Setting<Duration> INTAKE_RELOAD_EVERY = duration(
            "wadi.intake.reload-every",
            "10s",
            "1s",
            "1h",
            "How often the files of keys and certificates are looked at for changes.");

    public static final Setting<String> SCHEMA_REGISTRY_URL = matching(
            "wadi.schema-registry.url",
            "",
            "(https?://[^\\s]+)?",
            "an http or https address, or nothing for no registry",
            "The schema registry, with Confluent's REST API, of topics whose events become Avro; empty: none.");
    public static final Setting<String> SCHEMA_REGISTRY_USER =
            optional("wadi.schema-registry.user", "no user", "Who asks it, by basic authentication.");
    public static final Setting<String> SCHEMA_REGISTRY_PASSWORD =
            optional("wadi.schema-registry.password", "no user", "The user's password.");
    public static final Setting<String> SCHEMA_REGISTRY_CA_FILE = optional(
            "wadi.schema-registry.ca-file",
            "those of the JDK",
            "Certificates (PEM) of the authority that the registry's is checked with; empty: those of the JDK.");
    public static final Setting<Duration> SCHEMA_REGISTRY_REFRESH_EVERY = duration(
            "wadi.schema-registry.refresh-every",
            "30s",
            "1s",
            "1h",
            "How often the registry is asked for newer versions of its schemas.");

    // ---- landing
    public static final Setting<List<String>> LANDING_TOPICS =
            list("wadi.landing.topics", "select-color", "Topics whose records are landed in HDFS.");
    public static final Setting<String> LANDING_GROUP =
            text("wadi.landing.group", "wadi-landing", "The consumer group of landing.");
    public static final Setting<String> LANDING_DIRECTORY =
            text("wadi.landing.directory", "/data", "The directory in HDFS that landed files stand under.");
    public static final Setting<Long> LANDING_ROLL_RECORDS = number(
            "wadi.landing.roll-records", "100000", 1, 100_000_000, "Publish a partition's file at this many records.");
    public static final Setting<Long> LANDING_ROLL_BYTES =
            size("wadi.landing.roll-bytes", "128MiB", "1KiB", "64GiB", "Publish a partition's file at this size.");
    public static final Setting<Duration> LANDING_ROLL_EVERY = duration(
            "wadi.landing.roll-every",
            "5m",
            "1s",
            "24h",
            "Publish a partition's file at the latest this long after its first record was written.");
    public static final Setting<String> LANDING_TIME_BUCKETS = choice(
            "wadi.landing.time-buckets",
            "none",
            List.of("none", "day", "hour"),
            "Whether a partition's files stand in directories by time, in UTC.");
    public static final Setting<String> LANDING_TIME_OF = choice(
            "wadi.landing.time-of",
            "record",
            List.of("record", "landing"),
            "Whose time that is: the record's timestamp, or when it is landed.");
    public static final Setting<Long> LANDING_REPLICATION =
            number("wadi.landing.replication", "3", 1, 512, "DataNodes that hold each block of a landed file.");
    public static final Setting<Long> LANDING_BLOCK_SIZE =
            size("wadi.landing.block-size", "128MiB", "1MiB", "2GiB", "The size of a landed file's blocks.");
    public static final Setting<String> LANDING_FILE_GROUP = optional(
            "wadi.landing.file-group",
            "that of the directory above",
            "The group of landed files and of the directories made for them; empty: that of the directory above.");
    public static final Setting<Long> LANDING_POLL_RECORDS = number(
            "wadi.landing.poll-records",
            "5000",
            1,
            1_000_000,
            "Records taken from Kafka at a time; what one poll takes should fit the processor's cache.");

    public static final Setting<String> LANDING_FORMAT = choice(
            "wadi.landing.format",
            "jsonl",
            List.of("jsonl", "jsonl.gz", "jsonl.zst", "parquet", "avro"),
            "What landed files hold: a value a line, also compressed, or rows of a schema.");
    public static final Setting<Boolean> LANDING_ENVELOPE = flag(
            "wadi.landing.envelope",
            "false",
            "Whether each value stands within its key, headers, timestamp, partition and offset.");
    public static final Setting<String> LANDING_SCHEMA = text(
            "wadi.landing.schema",
            "schemas",
            "For parquet and avro: a schema's file, or a directory with TOPIC.avsc or TOPIC.json; or the jar's own.");
    public static final Setting<Boolean> LANDING_IGNORE_UNKNOWN_FIELDS = flag(
            "wadi.landing.ignore-unknown-fields",
            "false",
            "Whether fields that the schema does not have are left out, instead of refusing their records.");
    public static final Setting<Long> LANDING_COMPRESSION_LEVEL = number(
            "wadi.landing.compression-level",
            "3",
            1,
            19,
            "Compression from fast to small; of gzip and deflate up to 9.");
    public static final Setting<String> LANDING_AVRO_CODEC = choice(
            "wadi.landing.avro-codec",
            "zstandard",
            List.of("null", "deflate", "zstandard"),
            "How avro files are compressed.");
    public static final Setting<Long> LANDING_ROW_GROUP = size(
            "wadi.landing.row-group",
            "16MiB",
            "1MiB",
            "1GiB",
            "Rows that parquet writes together; so much heap is held for each open file.");

    // ---- indexing
    public static final Setting<String> INDEXING_TOPIC =
            text("wadi.indexing.topic", "select-color", "The topic that is indexed.");
    public static final Setting<String> INDEXING_INDEX = text(
            "wadi.indexing.index",
            "select-color-index",
            "The index, alias or data stream it is indexed to; {yyyy.MM.dd} in it is the event's day.");
    public static final Setting<String> INDEXING_TIME_FIELD = optional(
            "wadi.indexing.time-field",
            "Kafka's timestamp",
            "The field of an event that says when it was; empty: Kafka's timestamp.");
    public static final Setting<Boolean> INDEXING_ADD_TIMESTAMP = flag(
            "wadi.indexing.add-timestamp",
            "false",
            "Whether documents without @timestamp get that time as such, as data streams need it.");
    public static final Setting<String> INDEXING_KEY_FIELD = optional(
            "wadi.indexing.key-field",
            "documents have no keys",
            "The field of a document that its record's key becomes; empty: documents have no keys.");
    public static final Setting<String> INDEXING_SETUP = text(
            "wadi.indexing.setup",
            "elasticsearch",
            "The directory of the templates and policies that are installed at start, or the jar's own where there is none.");
    public static final Setting<String> INDEXING_GROUP =
            text("wadi.indexing.group", "wadi-indexing", "The consumer group of indexing.");
    public static final Setting<Long> INDEXING_BULK_DOCUMENTS =
            number("wadi.indexing.bulk-documents", "2000", 1, 100_000, "Documents in one _bulk request at most.");
    public static final Setting<Long> INDEXING_BULK_BYTES = size(
            "wadi.indexing.bulk-bytes", "5MiB", "1KiB", "90MiB", "Bytes of documents in one _bulk request at most.");
    public static final Setting<Long> INDEXING_REQUESTS =
            number("wadi.indexing.requests", "4", 1, 64, "_bulk requests under way at a time in this process.");

    // ---- cards
    public static final Setting<Boolean> CARDS_ENABLED = flag(
            "wadi.cards.enabled", "false", "Whether payments by card are judged, and landed with their chargebacks.");
    public static final Setting<String> CARDS_TOPIC =
            text("wadi.cards.topic", "card.payments", "The topic of payments, keyed by card.");
    public static final Setting<String> CARDS_CHARGEBACKS_TOPIC = text(
            "wadi.cards.chargebacks-topic",
            "card.chargebacks",
            "The topic of payments that turned out to be frauds, which models learn from.");
    public static final Setting<String> CARDS_VERDICTS_TOPIC =
            text("wadi.cards.verdicts-topic", "card.verdicts", "The topic of the verdict on each payment.");
    public static final Setting<String> CARDS_ALERTS_TOPIC = text(
            "wadi.cards.alerts-topic", "card.alerts", "The topic of payments to be looked into, with the reasons.");
    public static final Setting<String> CARDS_APPLICATION = text(
            "wadi.cards.application",
            "wadi-cards",
            "The application id in Kafka Streams: the consumer group, and the beginning of the state's topic.");
    public static final Setting<String> CARDS_MODELS = text(
            "wadi.cards.models",
            "/wadi/card-models",
            "The directory of the models, in HDFS; with file: before it, on this machine.");
    public static final Setting<Duration> CARDS_MODELS_LOOK_EVERY = duration(
            "wadi.cards.models-look-every",
            "1s",
            "100ms",
            "1h",
            "How often it is looked whether another model is in force.");
    public static final Setting<List<String>> CARDS_RULES = some(
            "wadi.cards.rules",
            "amount,velocity,distance,abroad",
            List.of("amount", "velocity", "distance", "abroad"),
            "The rules that raise alerts whatever a model says.");
    public static final Setting<Double> CARDS_MOST_AMOUNT = decimal(
            "wadi.cards.most-amount",
            "3000",
            0,
            1000000000,
            "Of the rule amount: the largest payment that raises none.");
    public static final Setting<Long> CARDS_MOST_PAYMENTS = number(
            "wadi.cards.most-payments",
            "5",
            1,
            32,
            "Of the rule velocity: payments of a card in ten minutes that raise none.");
    public static final Setting<Double> CARDS_MOST_SPEED = decimal(
            "wadi.cards.most-speed",
            "1000",
            50,
            20000,
            "Of the rule distance: how fast in km/h a card may be from place to place.");
    public static final Setting<Long> CARDS_MOST_CARDS = number(
            "wadi.cards.most-cards",
            "1000000",
            1,
            100000000,
            "Cards that each partition knows at once, some 0.4 KB each; others are judged as if they paid for the first time.");
    public static final Setting<Duration> CARDS_FORGET_AFTER = duration(
            "wadi.cards.forget-after", "180d", "1d", "3650d", "A card that is not used for this long is forgotten.");
    public static final Setting<Duration> CARDS_COMMIT_EVERY = duration(
            "wadi.cards.commit-every",
            "20ms",
            "5ms",
            "1s",
            "How long verdicts are gathered into one transaction, which those wait for who read committed records.");

    // ---- alerts
    public static final Setting<Boolean> ALERTS_ENABLED =
            flag("wadi.alerts.enabled", "true", "Whether the rules of alerts.yaml are asked.");
    public static final Setting<String> ALERTS_FILE = text(
            "wadi.alerts.file",
            "alerts.yaml",
            "The rules of alerts: a file, or the jar's own copy where there is none.");
    public static final Setting<List<String>> ALERTS_TOPICS = list(
            "wadi.alerts.topics",
            "metric.cpu,metric.memory",
            "The topics whose documents the rules look at, keyed by host, all of as many partitions.");
    public static final Setting<String> ALERTS_TOPIC =
            text("wadi.alerts.topic", "metric.alerts", "The topic that changes of alerts are told in.");
    public static final Setting<String> ALERTS_APPLICATION = text(
            "wadi.alerts.application",
            "wadi-alerts",
            "The application id in Kafka Streams: the consumer group, and the beginning of the state's topic.");
    public static final Setting<Duration> ALERTS_CLOCK_SKEW = duration(
            "wadi.alerts.clock-skew",
            "5m",
            "1s",
            "1d",
            "A document of a time that is further ahead than this is refused.");
    public static final Setting<Long> ALERTS_MOST_HOSTS = number(
            "wadi.alerts.most-hosts",
            "10000",
            1,
            1000000,
            "Hosts that each partition knows at once; the documents of more are refused.");
    public static final Setting<Duration> ALERTS_FORGET_AFTER = duration(
            "wadi.alerts.forget-after",
            "1d",
            "10m",
            "30d",
            "A host that is silent for this long is forgotten, and its alerts are ended.");
    public static final Setting<String> STREAMS_DIRECTORY =
            text("wadi.streams.directory", "streams", "Where the files of topologies stand.");
    public static final Setting<String> STREAMS_RUN = matching(
            "wadi.streams.run",
            "",
            "\\*|([\\w.-]+(\\s*,\\s*[\\w.-]+)*)?",
            "names of files, separated by commas, or * for all, or nothing for none",
            "Which of them run, by their names without .yaml; *: all; empty: none.");
    public static final Setting<String> STREAMS_STATE_DIRECTORY =
            text("wadi.streams.state-directory", ".wadi/streams", "Where Kafka Streams keeps files of its own.");
    public static final Setting<String> STREAMS_ADVERTISED = matching(
            "wadi.streams.advertised",
            "",
            "(([\\w.-]+|\\[[0-9A-Fa-f:.]+]):\\d{1,5})?",
            "host:port, or nothing for none",
            "Where other processes reach this one's management port, to pass on who asks for a table; empty: they do not.");

    // ---- health
    public static final Setting<Duration> HEALTH_EVERY =
            duration("wadi.health.every", "2s", "100ms", "1m", "The pause between two questions to the same server.");
    public static final Setting<Duration> HEALTH_ANSWER_WITHIN = duration(
            "wadi.health.answer-within",
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
    public static final Setting<Long> HEALTH_HDFS_SPACE =
            size("wadi.health.hdfs-space", "1GiB", "0B", "1024GiB", "Less space than this in HDFS is a fault.");
    public static final Setting<Duration> HEALTH_STALLED_AFTER = duration(
            "wadi.health.stalled-after",
            "1m",
            "1s",
            "1h",
            "A partition that has records to read and makes no progress for this long is down.");
    public static final Setting<Duration> HEALTH_STUCK_AFTER = duration(
            "wadi.health.stuck-after",
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
    // ---- lag
    public static final Setting<Boolean> LAG_ENABLED =
            flag("wadi.lag.enabled", "true", "Whether the lag of all consumer groups of the cluster is watched.");
    public static final Setting<String> LAG_CLUSTER =
            text("wadi.lag.cluster", "kafka", "The cluster's name in the paths of Burrow's form, /v3/kafka/NAME.");
    public static final Setting<Duration> LAG_EVERY = duration(
            "wadi.lag.every",
            "10s",
            "1s",
            "10m",
            "How often offsets and ends are looked at; commits closer together than half of it count as one.");
    public static final Setting<Long> LAG_ALLOWED = number(
            "wadi.lag.allowed", "0", 0, 1_000_000_000_000L, "Records that a partition may be behind and still is OK.");
    public static final Setting<Long> LAG_FEWEST_COMMITS = number(
            "wadi.lag.fewest-commits", "3", 1, 10, "A partition with fewer commits in the last 10 is not judged.");
    public static final Setting<Long> LAG_MOST_GROUPS =
            number("wadi.lag.most-groups", "1000", 1, 100_000, "Groups that are watched, the first by name.");
    public static final Setting<Long> LAG_MOST_PARTITIONS = number(
            "wadi.lag.most-partitions",
            "20000",
            1,
            1_000_000,
            "Partitions that are judged, those of each group counted; some 1 KB each.");

    // ---- failures
    public static final Setting<String> DEAD_LETTERS_TOPIC =
            text("wadi.dead-letters.topic", "wadi.dead-letter", "The topic that failed records end in.");

    // ---- observation
    public static final Setting<Boolean> OBSERVE_ENABLED = flag(
            "wadi.observe.enabled",
            "true",
            "Whether requests, routes and partitions have metrics; those of the JVM are there in any case.");
    public static final Setting<Long> OBSERVE_PARTITIONS = number(
            "wadi.observe.partitions",
            "1000",
            1,
            10_000,
            "Up to so many partitions that a process reads have metrics of their own; more are shown by topic.");
    public static final Setting<String> OBSERVE_TRACES_TO = matching(
            "wadi.observe.traces-to",
            "",
            "(https?://[^\\s@]+)?",
            "an http or https address, or nothing for none",
            "The OpenTelemetry collector that traces are sent to, as OTLP over HTTP, such as http://collector:4318/v1/traces.");
    public static final Setting<Double> OBSERVE_TRACES_SHARE = decimal(
            "wadi.observe.traces-share",
            "0.01",
            0,
            1,
            "The share of requests without a traceparent that begin a trace; one with a traceparent says so itself.");

    // ---- stopping
    public static final Setting<Boolean> ROUTES_LIVE = flag(
            "wadi.routes.live",
            "false",
            "Whether files of routes and streams that are saved while Wadi runs are taken over: all of a kind or, where one cannot be, none.");
    public static final Setting<Duration> ROUTES_LOOK_EVERY = duration(
            "wadi.routes.look-every",
            "250ms",
            "50ms",
            "1m",
            "How often it is looked whether route files have changed; they hold once they are the same at two looks.");
    public static final Setting<Duration> STOP_PAUSE = duration(
            "wadi.stop.pause",
            "0s",
            "0s",
            "10m",
            "How long everything goes on once readiness is down, so that load balancers can turn away.");

    public static final Setting<Duration> STOP_PHASE_WITHIN = duration(
            "wadi.stop.phase-within",
            "10s",
            "100ms",
            "1h",
            "How long each phase of stopping may take; what is not finished is done again at the next start.");
    public static final Setting<Duration> STOP_WITHIN = duration(
            "wadi.stop.within",
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
            HDFS_ANSWER_WITHIN,
            ELASTICSEARCH_HOSTS,
            ELASTICSEARCH_USER,
            ELASTICSEARCH_PASSWORD,
            ELASTICSEARCH_API_KEY,
            ELASTICSEARCH_CA_FILE,
            ELASTICSEARCH_ANSWER_WITHIN,
            TOPICS_FILE,
            HTTP_HOST,
            HTTP_PORT,
            HTTP_TLS_CERTIFICATE,
            HTTP_TLS_KEY,
            HTTP_TLS_CLIENT_CA,
            HTTP_ORIGINS,
            HTTP_MAX_BODY,
            HTTP_MAX_STREAM,
            HTTP_MAX_RATIO,
            HTTP_TRUSTED_PROXIES,
            HTTP_MAX_URI,
            HTTP_MAX_HEADERS,
            HTTP_MAX_CONNECTIONS,
            HTTP_MAX_STREAMS,
            HTTP_HEADERS_WITHIN,
            HTTP_IDLE,
            HTTP_BODY_RATE,
            HTTP_LOOPS,
            MANAGEMENT_HOST,
            MANAGEMENT_PORT,
            MANAGEMENT_USERS_FILE,
            MANAGEMENT_JWT_JWKS,
            MANAGEMENT_JWT_ISSUER,
            MANAGEMENT_JWT_AUDIENCE,
            MANAGEMENT_JWT_ROLE_CLAIM,
            MANAGEMENT_SESSION,
            MANAGEMENT_MAX_CONNECTIONS,
            MANAGEMENT_IDLE_TIMEOUT,
            MANAGEMENT_HOST_NAMES,
            MANAGEMENT_MASKED,
            WEB_EVENTS_TOPIC,
            PIXEL_TOPIC,
            INTAKE_ACKNOWLEDGE_WITHIN_MS,
            INTAKE_IN_FLIGHT_REQUESTS,
            INTAKE_IN_FLIGHT_BYTES,
            INTAKE_MAX_WAIT,
            INTAKE_WINDOW,
            INTAKE_MAX_EVENT,
            INTAKE_MAX_EVENTS,
            INTAKE_MAX_REJECTED,
            INTAKE_RATE,
            INTAKE_BURST,
            INTAKE_CLIENTS,
            INTAKE_KEYS_FILE,
            INTAKE_ANONYMOUS_ENABLED,
            INTAKE_JWT_JWKS,
            INTAKE_JWT_ISSUER,
            INTAKE_JWT_AUDIENCE,
            INTAKE_JWT_TOPICS_CLAIM,
            INTAKE_JWT_REFRESH_EVERY,
            INTAKE_RELOAD_EVERY,
            SCHEMA_REGISTRY_URL,
            SCHEMA_REGISTRY_USER,
            SCHEMA_REGISTRY_PASSWORD,
            SCHEMA_REGISTRY_CA_FILE,
            SCHEMA_REGISTRY_REFRESH_EVERY,
            LANDING_TOPICS,
            LANDING_GROUP,
            LANDING_DIRECTORY,
            LANDING_ROLL_RECORDS,
            LANDING_ROLL_BYTES,
            LANDING_ROLL_EVERY,
            LANDING_TIME_BUCKETS,
            LANDING_TIME_OF,
            LANDING_REPLICATION,
            LANDING_BLOCK_SIZE,
            LANDING_FILE_GROUP,
            LANDING_POLL_RECORDS,
            LANDING_FORMAT,
            LANDING_ENVELOPE,
            LANDING_SCHEMA,
            LANDING_IGNORE_UNKNOWN_FIELDS,
            LANDING_COMPRESSION_LEVEL,
            LANDING_AVRO_CODEC,
            LANDING_ROW_GROUP,
            INDEXING_TOPIC,
            INDEXING_INDEX,
            INDEXING_TIME_FIELD,
            INDEXING_ADD_TIMESTAMP,
            INDEXING_KEY_FIELD,
            INDEXING_SETUP,
            INDEXING_GROUP,
            INDEXING_BULK_DOCUMENTS,
            INDEXING_BULK_BYTES,
            INDEXING_REQUESTS,
            CARDS_ENABLED,
            CARDS_TOPIC,
            CARDS_CHARGEBACKS_TOPIC,
            CARDS_VERDICTS_TOPIC,
            CARDS_ALERTS_TOPIC,
            CARDS_APPLICATION,
            CARDS_MODELS,
            CARDS_MODELS_LOOK_EVERY,
            CARDS_RULES,
            CARDS_MOST_AMOUNT,
            CARDS_MOST_PAYMENTS,
            CARDS_MOST_SPEED,
            CARDS_MOST_CARDS,
            CARDS_FORGET_AFTER,
            CARDS_COMMIT_EVERY,
            ALERTS_ENABLED,
            ALERTS_FILE,
            ALERTS_TOPICS,
            ALERTS_TOPIC,
            ALERTS_APPLICATION,
            ALERTS_CLOCK_SKEW,
            ALERTS_MOST_HOSTS,
            ALERTS_FORGET_AFTER,
            STREAMS_DIRECTORY,
            STREAMS_RUN,
            STREAMS_STATE_DIRECTORY,
            STREAMS_ADVERTISED,
            HEALTH_EVERY,
            HEALTH_ANSWER_WITHIN,
            HEALTH_DOWN_AFTER,
            HEALTH_UP_AFTER,
            HEALTH_TOPIC,
            HEALTH_HDFS_SPACE,
            HEALTH_STALLED_AFTER,
            HEALTH_STUCK_AFTER,
            RESTART_COUNT,
            RESTART_CAUSE,
            LAG_ENABLED,
            LAG_CLUSTER,
            LAG_EVERY,
            LAG_ALLOWED,
            LAG_FEWEST_COMMITS,
            LAG_MOST_GROUPS,
            LAG_MOST_PARTITIONS,
            DEAD_LETTERS_TOPIC,
            ROUTES_LIVE,
            ROUTES_LOOK_EVERY,
            STOP_PAUSE,
            STOP_PHASE_WITHIN,
            STOP_WITHIN,
            OBSERVE_ENABLED,
            OBSERVE_PARTITIONS,
            OBSERVE_TRACES_TO,
            OBSERVE_TRACES_SHARE);

    private WadiSettings() {}
}
