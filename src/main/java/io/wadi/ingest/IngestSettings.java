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
import io.wadi.runtime.config.Settings;
import java.time.Duration;
import java.util.List;

/** The settings of the event endpoint. */
public final class IngestSettings {
    public static final Setting<String> HTTP_TLS_KEY = optional(
            "wadi.http.tls-key",
            "HTTP without TLS",
            "PEM file with the certificate's private key (PKCS #8, without a password); empty for HTTP without TLS.");
    public static final Setting<String> HTTP_TLS_CLIENT_CA = optional(
            "wadi.http.tls-client-ca",
            "clients without certificates",
            "PEM file with the certificate authorities that must have signed client certificates; empty if clients need no certificate.");
    public static final Setting<List<String>> HTTP_ORIGINS =
            list("wadi.http.origins", "*", "Origins of pages that may send events; * for any.");
    public static final Setting<Long> HTTP_MAX_BODY = size(
            "wadi.http.max-body",
            "8MiB",
            "1KiB",
            "1GiB",
            "Maximum size of a body that is not streamed, before and after decompression, further limited to two thirds of the memory of the requests in flight; larger ones are rejected with 413.");
    public static final Setting<Long> HTTP_MAX_STREAM = size(
            "wadi.http.max-stream",
            "4GiB",
            "1KiB",
            "1024GiB",
            "Maximum decompressed size of a body of POST /events/{topic}, which is streamed; larger ones are rejected with 413.");
    public static final Setting<Long> HTTP_MAX_COMPRESSION_RATIO = number(
            "wadi.http.max-compression-ratio",
            "200",
            2,
            100_000,
            "Maximum compression ratio of a body beyond the first MiB; bodies with a larger one are rejected with 413.");
    public static final Setting<Long> HTTP_MAX_URI = size(
            "wadi.http.max-uri",
            "8KiB",
            "1KiB",
            "64KiB",
            "Maximum length of a request line; longer ones are rejected with 414.");
    public static final Setting<Long> HTTP_MAX_HEADERS = size(
            "wadi.http.max-headers",
            "16KiB",
            "1KiB",
            "64KiB",
            "Maximum total size of a request's headers; larger ones, and more than 100, are rejected with 431.");
    public static final Setting<Long> HTTP_MAX_CONNECTIONS = number(
            "wadi.http.max-connections",
            "10000",
            1,
            1_000_000,
            "Maximum open connections, further limited to those that fit into an eighth of the heap; additional ones are closed immediately.");
    public static final Setting<Long> HTTP_MAX_STREAMS = number(
            "wadi.http.max-streams",
            "100",
            1,
            1000,
            "Maximum concurrent requests of one HTTP/2 connection; additional ones are refused and can be retried.");
    public static final Setting<Duration> HTTP_HEADERS_TIMEOUT = duration(
            "wadi.http.headers-timeout",
            "10s",
            "1s",
            "1m",
            "Time after which a connection that has not sent its first request's headers is closed.");
    public static final Setting<Duration> HTTP_IDLE_TIMEOUT = duration(
            "wadi.http.idle-timeout", "1m", "1s", "1h", "Time without a request after which a connection is closed.");
    public static final Setting<Long> HTTP_MIN_BODY_RATE = size(
            "wadi.http.min-body-rate",
            "1KiB",
            "0B",
            "1MiB",
            "Minimum bytes a second of a body, averaged over ten seconds; slower ones are rejected with 408. 0B for no minimum.");
    public static final Setting<Long> HTTP_EVENT_LOOPS = number(
            "wadi.http.event-loops",
            "0",
            0,
            64,
            "Event-loop threads of the event endpoint, at most twice the number of processors and one for each 64 MiB of the heap; 0 for half of the processors.");
    public static final Setting<String> WEB_EVENTS_TOPIC =
            text("wadi.web-events.topic", "select-color", "Topic of GET /api/select.");
    public static final Setting<String> PIXEL_TOPIC =
            text("wadi.pixel.topic", "select-color", "Topic of GET /pixel.gif if its query names none.");
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
            "Maximum requests in flight, of 4 KiB each without their bodies; in any case at most a thirty-second of the heap. Additional ones are rejected with 503.");
    public static final Setting<Long> MAX_IN_FLIGHT_BYTES = size(
            "wadi.ingest.max-in-flight-bytes",
            "64MiB",
            "1MiB",
            "64GiB",
            "Maximum memory of the requests in flight, further limited to a sixth of the heap. One client may use at most twice the free part; if keys are configured, all clients without a key together at most three quarters. Requests beyond a limit are rejected with 503.");
    public static final Setting<Duration> MAX_EVENT_LOOP_DELAY = duration(
            "wadi.ingest.max-event-loop-delay",
            "20ms",
            "5ms",
            "10s",
            "Event-loop delay above which a backlogged client's requests with bodies over 4 KiB are rejected with 503.");
    public static final Setting<Long> SEND_WINDOW = size(
            "wadi.ingest.send-window",
            "4MiB",
            "64KiB",
            "64MiB",
            "Maximum bytes of one request in memory; longer bodies are streamed through this window.");
    public static final Setting<Long> MAX_EVENT = size(
            "wadi.ingest.max-event",
            "1000KiB",
            "1KiB",
            "64MiB",
            "Maximum size of an event; larger ones are rejected. Kafka's message.max.bytes must be larger, and so must wadi.ingest.max-in-flight-bytes, by 512 KiB.");
    public static final Setting<Long> MAX_EVENTS = number(
            "wadi.ingest.max-events",
            "10000000",
            1,
            1_000_000_000,
            "Maximum events in one body; each takes two bytes of memory until the response.");
    public static final Setting<Long> MAX_REJECTED = number(
            "wadi.ingest.max-rejected",
            "1000",
            0,
            1_000_000_000,
            "Maximum rejected events of one body; beyond, the rest of the body is not read and the response is 400.");
    public static final Setting<Duration> MAX_TIMESTAMP_AHEAD = duration(
            "wadi.ingest.max-timestamp-ahead",
            "55m",
            "0s",
            "36500d",
            "Maximum time by which the timestamp of an event may be ahead; events further ahead are rejected. Keep it below message.timestamp.after.max.ms (1 h): Kafka rejects a whole batch, with events of other clients, for one later timestamp.");
    public static final Setting<Long> RATE = number(
            "wadi.ingest.rate",
            "0",
            0,
            10_000_000,
            "Sustained events a second of one client; requests beyond are rejected with 429. 0 for no limit.");
    public static final Setting<Long> BURST = number(
            "wadi.ingest.burst",
            "0",
            0,
            10_000_000,
            "Maximum events that a client may send at once after a pause; 0 for the events of one second.");
    public static final Setting<Long> MAX_CLIENTS = number(
            "wadi.ingest.max-clients",
            "20000",
            100,
            1_000_000,
            "Maximum clients with tracked rates, of 1 KiB each; in any case at most a sixty-fourth of the heap.");
    public static final Setting<String> KEYS_FILE = optional(
            "wadi.ingest.keys-file",
            "no keys",
            "File with the API keys, with lines created by ./wadi keys new; empty if clients need no key.");
    public static final Setting<Boolean> ANONYMOUS_ENABLED = flag(
            "wadi.ingest.anonymous.enabled",
            "false",
            "Whether the event endpoint may listen on a non-loopback address without keys, tokens and client certificates. Anonymous clients may then write to the topics of GET /api/select and the pixel, and to topics with ingest.keys [anyone].");
    public static final Setting<String> JWT_JWKS = matching(
            "wadi.ingest.jwt-jwks",
            "",
            "(https://[^\\s]+|(?!\\w+://).*)",
            "a file or an https URL, or empty for no tokens",
            "JWK set of the issuer of accepted JWTs: a file or an https URL; empty for no tokens.");
    public static final Setting<String> JWT_ISSUER =
            optional("wadi.ingest.jwt-issuer", "no tokens", "Required issuer (iss) of tokens.");
    public static final Setting<String> JWT_AUDIENCE =
            text("wadi.ingest.jwt-audience", "wadi", "Required audience (aud) of tokens.");
    public static final Setting<String> JWT_TOPICS_CLAIM =
            text("wadi.ingest.jwt-topics-claim", "topics", "Claim with the topics that a token permits writing to.");

    public static final List<Setting<?>> ALL = Setting.declaredIn(IngestSettings.class);

    private IngestSettings() {}

    /** Returns whether keys or tokens are configured. */
    public static boolean hasKeys(Settings settings) {
        return !settings.get(KEYS_FILE).isEmpty() || !settings.get(JWT_JWKS).isEmpty();
    }
}
