package io.wadi.ingest;

import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.flag;
import static io.wadi.runtime.config.Setting.list;
import static io.wadi.runtime.config.Setting.matching;
import static io.wadi.runtime.config.Setting.number;
import static io.wadi.runtime.config.Setting.optional;
import static io.wadi.runtime.config.Setting.size;
import static io.wadi.runtime.config.Setting.text;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

/** The settings of the events port and of what is sent to it. */
public final class IngestSettings {
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
    public static final Setting<Long> HTTP_MAX_COMPRESSION_RATIO = number(
            "wadi.http.max-compression-ratio",
            "200",
            2,
            100_000,
            "How many times its size a compressed body may become, beyond the first MiB; then 413.");
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
    public static final Setting<Duration> HTTP_HEADERS_TIMEOUT = duration(
            "wadi.http.headers-timeout",
            "10s",
            "1s",
            "1m",
            "How long a connection may take to send its first request's headers before it is closed.");
    public static final Setting<Duration> HTTP_IDLE_TIMEOUT = duration(
            "wadi.http.idle-timeout",
            "1m",
            "1s",
            "1h",
            "How long a connection may be without a request before it is closed.");
    public static final Setting<Long> HTTP_MIN_BODY_RATE = size(
            "wadi.http.min-body-rate",
            "1KiB",
            "0B",
            "1MiB",
            "Bytes a second that a body must bring, over ten seconds, or be answered with 408; 0B for any speed.");
    public static final Setting<Long> HTTP_EVENT_LOOPS = number(
            "wadi.http.event-loops",
            "0",
            0,
            64,
            "Threads that take events; 0 for half as many as there are processors.");
    public static final Setting<String> WEB_EVENTS_TOPIC =
            text("wadi.web-events.topic", "select-color", "The topic of GET /api/select.");
    public static final Setting<String> PIXEL_TOPIC =
            text("wadi.pixel.topic", "select-color", "The topic of GET /pixel.gif where its query names none.");
    public static final Setting<Duration> ACKNOWLEDGEMENT_TIMEOUT = duration(
            "wadi.ingest.acknowledgement-timeout",
            "3s",
            "2s",
            "1m",
            "Maximum time for Kafka to acknowledge an event; after it the response is 503.");
    public static final Setting<Long> MAX_IN_FLIGHT_REQUESTS = number(
            "wadi.ingest.max-in-flight-requests",
            "4096",
            1,
            500_000,
            "Most requests in progress at a time; further ones are answered with 503.");
    public static final Setting<Long> MAX_IN_FLIGHT_BYTES = size(
            "wadi.ingest.max-in-flight-bytes",
            "64MiB",
            "1MiB",
            "64GiB",
            "Bytes that requests may hold at most, and at most a sixth of the heap; a client may hold twice what is free of them, and all clients without a key together three quarters where keys are configured. Others are answered with 503.");
    public static final Setting<Duration> MAX_EVENT_LOOP_DELAY = duration(
            "wadi.ingest.max-event-loop-delay",
            "20ms",
            "5ms",
            "10s",
            "How long requests with more than 4 KiB may wait for the event loop while their client is behind; others are answered with 503.");
    public static final Setting<Long> SEND_WINDOW = size(
            "wadi.ingest.send-window",
            "4MiB",
            "64KiB",
            "64MiB",
            "Bytes kept for one request at most; a longer body goes through it in such pieces.");
    public static final Setting<Long> MAX_EVENT = size(
            "wadi.ingest.max-event",
            "1000KiB",
            "1KiB",
            "64MiB",
            "The largest event; Kafka's message.max.bytes has to be larger. A larger one is refused.");
    public static final Setting<Long> MAX_EVENTS = number(
            "wadi.ingest.max-events",
            "10000000",
            1,
            1_000_000_000,
            "Events in one body at most; two bytes are kept for each until the answer.");
    public static final Setting<Long> MAX_REJECTED = number(
            "wadi.ingest.max-rejected",
            "1000",
            0,
            1_000_000_000,
            "Events of one body that may be rejected; after more the rest of the body is not read, and the answer is 400.");
    public static final Setting<Long> RATE = number(
            "wadi.ingest.rate",
            "0",
            0,
            10_000_000,
            "Events a second that a client may send in the long run, further ones are answered with 429; 0 for any number.");
    public static final Setting<Long> BURST = number(
            "wadi.ingest.burst",
            "0",
            0,
            10_000_000,
            "Events that a client may send at once after a rest; 0 for those of one second.");
    public static final Setting<Long> MAX_CLIENTS = number(
            "wadi.ingest.max-clients",
            "20000",
            100,
            1_000_000,
            "Clients whose rates are remembered; some 0.5 KB each.");
    public static final Setting<String> KEYS_FILE = optional(
            "wadi.ingest.keys-file",
            "no keys",
            "The keys of those who may send, made by ./wadi keys new; empty: whoever may, unless tokens are asked for.");
    public static final Setting<Boolean> ANONYMOUS_ENABLED = flag(
            "wadi.ingest.anonymous.enabled",
            "false",
            "Whether an events port that other machines reach opens without keys, tokens and client certificates: then only to the topics of GET /api/select and the pixel, and those of ingest.keys [anyone].");
    public static final Setting<String> JWT_JWKS = matching(
            "wadi.ingest.jwt-jwks",
            "",
            "(https://[^\\s]+|(?!\\w+://).*)",
            "a file or an https address, or nothing for no tokens",
            "The issuer's JWK set, where JWTs are taken as keys are: a file or an https address; empty: no tokens.");
    public static final Setting<String> JWT_ISSUER =
            optional("wadi.ingest.jwt-issuer", "no tokens", "The issuer (iss) of such tokens.");
    public static final Setting<String> JWT_AUDIENCE =
            text("wadi.ingest.jwt-audience", "wadi", "What their audience (aud) has among it.");
    public static final Setting<String> JWT_TOPICS_CLAIM =
            text("wadi.ingest.jwt-topics-claim", "topics", "Their claim with the topics that may be written to.");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(
            HTTP_TLS_KEY,
            HTTP_TLS_CLIENT_CA,
            HTTP_ORIGINS,
            HTTP_MAX_BODY,
            HTTP_MAX_STREAM,
            HTTP_MAX_COMPRESSION_RATIO,
            HTTP_MAX_URI,
            HTTP_MAX_HEADERS,
            HTTP_MAX_CONNECTIONS,
            HTTP_MAX_STREAMS,
            HTTP_HEADERS_TIMEOUT,
            HTTP_IDLE_TIMEOUT,
            HTTP_MIN_BODY_RATE,
            HTTP_EVENT_LOOPS,
            WEB_EVENTS_TOPIC,
            PIXEL_TOPIC,
            ACKNOWLEDGEMENT_TIMEOUT,
            MAX_IN_FLIGHT_REQUESTS,
            MAX_IN_FLIGHT_BYTES,
            MAX_EVENT_LOOP_DELAY,
            SEND_WINDOW,
            MAX_EVENT,
            MAX_EVENTS,
            MAX_REJECTED,
            RATE,
            BURST,
            MAX_CLIENTS,
            KEYS_FILE,
            ANONYMOUS_ENABLED,
            JWT_JWKS,
            JWT_ISSUER,
            JWT_AUDIENCE,
            JWT_TOPICS_CLAIM);

    private IngestSettings() {}
}
