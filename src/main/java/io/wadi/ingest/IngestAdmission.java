package io.wadi.ingest;

import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.ssl.SslContext;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.ingest.auth.JwtKeys;
import io.wadi.ingest.auth.TlsFiles;
import io.wadi.ingest.http.Certificates;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.Rate;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.MemoryPlan;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.security.JwkSets;
import io.wadi.runtime.security.Loopback;
import io.wadi.runtime.security.Proxies;
import io.wadi.runtime.watch.WatchedValue;
import io.wadi.runtime.watch.Watcher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the authentication, authorization and TLS of the event endpoint from its settings. Without keys, tokens and client
 * certificates, every client may send to an endpoint on a loopback address; on other addresses the endpoint is not opened unless
 * {@code wadi.ingest.anonymous.enabled} opens the topics for browsers.
 */
final class IngestAdmission {
    private static final Logger LOG = LoggerFactory.getLogger(IngestAdmission.class);

    /** What is charged of a body when its request is admitted: as much as one read of its connection brings. */
    private static final long PIECE = 64 << 10;

    private final Settings settings;
    private final Topics topics;
    private final Watcher reloads;
    private final MeterRegistry meters;

    /** Takes the settings, the topics with their allowed keys, the watcher of files, and the meter registry. */
    IngestAdmission(Settings settings, Topics topics, Watcher reloads, MeterRegistry meters) {
        this.settings = settings;
        this.topics = topics;
        this.reloads = reloads;
        this.meters = meters;
    }

    /**
     * What clients can make the process hold.
     *
     * @throws IllegalArgumentException where the settings do not fit into the heap
     */
    MemoryPlan memory() {
        return MemoryPlan.of(
                Runtime.getRuntime().maxMemory(),
                get(IngestSettings.MAX_IN_FLIGHT_BYTES),
                get(IngestSettings.MAX_EVENT),
                get(IngestSettings.HTTP_MAX_CONNECTIONS).intValue(),
                !get(WadiSettings.HTTP_TLS_CERTIFICATE).isEmpty());
    }

    /**
     * Admission as it is set.
     *
     * @throws SettingsException with the mistakes in the files that the settings name
     */
    Admission admission() {
        try {
            return new Admission(
                    apiKeys(),
                    jwtKeys(),
                    Proxies.parse(get(WadiSettings.HTTP_TRUSTED_PROXIES)),
                    writers(),
                    new Admission.Limits(
                            Rate.of(get(IngestSettings.RATE), get(IngestSettings.BURST)),
                            get(IngestSettings.MAX_CLIENTS),
                            PIECE),
                    inFlight(),
                    Clock.systemUTC(),
                    TimeMeter.SYSTEM_NANOTIME);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(e.getMessage().lines().toList());
        }
    }

    private InFlight inFlight() {
        MemoryPlan memory = memory();
        InFlight inFlight = new InFlight(
                get(IngestSettings.MAX_IN_FLIGHT_REQUESTS).intValue(),
                memory.inFlight(),
                memory.leastShare(get(IngestSettings.MAX_EVENT)),
                hasKeys());
        Gauge.builder("wadi.ingest.inflight.requests", inFlight, InFlight::requests)
                .description("Requests that were let in and have no answer yet")
                .strongReference(true)
                .register(meters);
        Gauge.builder("wadi.ingest.inflight.bytes", inFlight, InFlight::bytes)
                .description("Bytes that room is held for, of those requests")
                .strongReference(true)
                .register(meters);
        return inFlight;
    }

    /** Whether clients can show a key or token. */
    private boolean hasKeys() {
        return !get(IngestSettings.KEYS_FILE).isEmpty()
                || !get(IngestSettings.JWT_JWKS).isEmpty();
    }

    /**
     * Who may write where: whoever it is where neither keys nor tokens are asked for, or where the topic says so; else those
     * whom the topic names, or anybody with a key or token where it names none.
     */
    private Admission.Writers writers() {
        if (!hasKeys()) {
            refuseNamedWriters();
            return anonymousWriters();
        }
        return (topic, name) -> {
            List<String> named = named(topic);
            return named.contains(Topic.Ingest.ANYONE) || (name != null && (named.isEmpty() || named.contains(name)));
        };
    }

    private List<String> named(String topic) {
        return topics.find(topic).map(Topic::ingest).map(Topic.Ingest::keys).orElse(List.of());
    }

    /** Without keys and tokens: all topics where only this machine or clients with certificates can connect, else those for browsers. */
    private Admission.Writers anonymousWriters() {
        String host = get(WadiSettings.HTTP_HOST);
        if (Loopback.is(host) || !get(IngestSettings.HTTP_TLS_CLIENT_CA).isEmpty()) {
            return (topic, name) -> true;
        }
        Set<String> open =
                new TreeSet<>(List.of(get(IngestSettings.WEB_EVENTS_TOPIC), get(IngestSettings.PIXEL_TOPIC)));
        String setting = IngestSettings.ANONYMOUS_ENABLED.name();
        if (!get(IngestSettings.ANONYMOUS_ENABLED)) {
            throw new SettingsException(List.of(
                    "%s=%s: other machines could send events without authentication; expected localhost, or one of %s (./wadi keys new makes its lines), %s and %s, or %s=true, which opens %s alone"
                            .formatted(
                                    WadiSettings.HTTP_HOST.name(),
                                    host,
                                    IngestSettings.KEYS_FILE.name(),
                                    IngestSettings.JWT_JWKS.name(),
                                    IngestSettings.HTTP_TLS_CLIENT_CA.name(),
                                    setting,
                                    String.join(", ", open))));
        }
        LOG.warn(
                "Events port: {} is set, and {} is not a loopback address: clients without authentication may send to {}; other topics answer 401 until {} is set",
                setting,
                host,
                String.join(", ", open),
                IngestSettings.KEYS_FILE.name());
        return (topic, name) -> open.contains(topic) || named(topic).contains(Topic.Ingest.ANYONE);
    }

    /** A topic that asks for keys where there are none would be open for everybody. */
    private void refuseNamedWriters() {
        List<String> mistakes = topics.all().stream()
                .filter(topic -> topic.ingest() != null)
                .filter(topic -> topic.ingest().keys().stream().anyMatch(name -> !name.equals(Topic.Ingest.ANYONE)))
                .map(topic -> "topics.yaml: %s: ingest.keys names %s, and there are no keys: set wadi.ingest.keys-file"
                        .formatted(
                                topic.name(), String.join(", ", topic.ingest().keys())))
                .toList();
        if (!mistakes.isEmpty()) {
            throw new SettingsException(mistakes);
        }
    }

    /**
     * TLS as it is set, its files looked at again and again; nothing where it is not.
     *
     * @throws SettingsException with the mistakes in the files that the settings name
     */
    Optional<Supplier<SslContext>> tls() {
        List<Setting<String>> files = List.of(
                WadiSettings.HTTP_TLS_CERTIFICATE, IngestSettings.HTTP_TLS_KEY, IngestSettings.HTTP_TLS_CLIENT_CA);
        if (files.stream().allMatch(file -> get(file).isEmpty())) {
            return Optional.empty();
        }
        requireReadable(files);
        String clientCa = get(IngestSettings.HTTP_TLS_CLIENT_CA);
        TlsFiles tls = new TlsFiles(
                Path.of(get(WadiSettings.HTTP_TLS_CERTIFICATE)),
                Path.of(get(IngestSettings.HTTP_TLS_KEY)),
                clientCa.isEmpty() ? Optional.empty() : Optional.of(Path.of(clientCa)));
        try {
            Certificates certificates = new Certificates(tls, meters);
            reloads.every(get(WadiSettings.INGEST_RELOAD_INTERVAL), certificates.current());
            return Optional.of(certificates.current()::get);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(e.getMessage().lines().toList());
        }
    }

    private void requireReadable(List<Setting<String>> files) {
        List<String> mistakes = new ArrayList<>();
        for (Setting<String> file : files) {
            String path = get(file);
            if (!path.isEmpty() && !Files.isReadable(Path.of(path))) {
                mistakes.add("%s=%s: there is no such file to read".formatted(file.name(), path));
            } else if (path.isEmpty() && !file.equals(IngestSettings.HTTP_TLS_CLIENT_CA)) {
                mistakes.add(
                        "%s is empty: TLS needs wadi.http.tls-certificate and wadi.http.tls-key, or none of wadi.http.tls-*"
                                .formatted(file.name()));
            }
        }
        if (!mistakes.isEmpty()) {
            throw new SettingsException(mistakes);
        }
    }

    private Supplier<ApiKeys> apiKeys() {
        String file = get(IngestSettings.KEYS_FILE);
        if (file.isEmpty()) {
            return () -> ApiKeys.NONE;
        }
        WatchedValue<ApiKeys> keys = WatchedValue.of(file, () -> Files.readAllBytes(Path.of(file)), ApiKeys::parse);
        reloads.every(get(WadiSettings.INGEST_RELOAD_INTERVAL), keys);
        return keys::get;
    }

    private Supplier<JwtKeys> jwtKeys() {
        String jwks = get(IngestSettings.JWT_JWKS);
        if (jwks.isEmpty()) {
            return () -> JwtKeys.NONE;
        }
        if (get(IngestSettings.JWT_ISSUER).isEmpty()) {
            throw new IllegalArgumentException(
                    "wadi.ingest.jwt-issuer is empty, and wadi.ingest.jwt-jwks is not: set both");
        }
        JwtKeys.Options options = new JwtKeys.Options(
                get(IngestSettings.JWT_ISSUER), get(IngestSettings.JWT_AUDIENCE), get(IngestSettings.JWT_TOPICS_CLAIM));
        WatchedValue<JwtKeys> tokens =
                JwkSets.watch(jwks, JwtKeys.NONE, content -> JwtKeys.parse(content, options, Clock.systemUTC()));
        reloads.every(get(WadiSettings.INGEST_JWT_REFRESH_INTERVAL), tokens);
        return tokens::get;
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }
}
