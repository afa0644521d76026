package io.wadi.ingest;

import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.ssl.SslContext;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.ingest.auth.JwtKeys;
import io.wadi.ingest.auth.TlsFiles;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.Rate;
import io.wadi.ingest.tls.Certificates;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.MemoryPlan;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.security.HostNames;
import io.wadi.runtime.security.JwkSets;
import io.wadi.runtime.security.JwtVerifier;
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
 * Creates the authentication, authorization and TLS of the event endpoint from its settings. Without keys, tokens and
 * client certificates, any program or page on this machine may send to an endpoint on a loopback address without
 * trusted proxies; otherwise the endpoint does not start unless {@code wadi.ingest.anonymous.enabled} opens the topics
 * for browsers.
 */
record IngestAdmission(Settings settings, Topics topics, Watcher reloads, MeterRegistry meters) {
    private static final Logger LOG = LoggerFactory.getLogger(IngestAdmission.class);

    /** The bytes that are charged for a body at admission: the size of one read from the connection. */
    private static final long INITIAL_CHARGE = 64 << 10;

    /**
     * Returns the limits of the memory that clients may occupy.
     *
     * @throws SettingsException if the settings do not fit into the heap
     */
    MemoryPlan memory() {
        return MemoryPlan.of(
                Runtime.getRuntime().maxMemory(),
                get(IngestSettings.MAX_IN_FLIGHT_BYTES),
                get(IngestSettings.MAX_IN_FLIGHT_REQUESTS).intValue(),
                get(IngestSettings.MAX_EVENT),
                get(IngestSettings.HTTP_MAX_CONNECTIONS).intValue(),
                !get(WadiSettings.HTTP_TLS_CERTIFICATE).isEmpty(),
                get(IngestSettings.MAX_CLIENTS).intValue());
    }

    /**
     * Creates admission control.
     *
     * @throws SettingsException with all errors in the files of the settings
     */
    Admission admission() {
        try {
            return new Admission(
                    apiKeys(),
                    jwtKeys(),
                    Proxies.parse(get(WadiSettings.HTTP_TRUSTED_PROXIES)),
                    permissions(),
                    localNames(),
                    new Admission.Limits(rate(), memory().clients(), INITIAL_CHARGE),
                    inFlight(),
                    Clock.systemUTC(),
                    TimeMeter.SYSTEM_NANOTIME);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(e.getMessage().lines().toList());
        }
    }

    private Rate rate() {
        long burst = get(IngestSettings.BURST);
        if (burst > 0 && get(IngestSettings.RATE) == 0) {
            throw new IllegalArgumentException(
                    "wadi.ingest.burst=%d has no effect, since wadi.ingest.rate=0 is no limit: expected a rate, or no burst"
                            .formatted(burst));
        }
        return Rate.of(get(IngestSettings.RATE), burst);
    }

    private InFlight inFlight() {
        MemoryPlan memory = memory();
        InFlight inFlight = new InFlight(
                memory.requests(), memory.inFlight(), memory.leastShare(get(IngestSettings.MAX_EVENT)), hasKeys());
        Gauge.builder("wadi.ingest.inflight.requests", inFlight, InFlight::requests)
                .description("Requests without a response, admitted or waiting for the verification of their token")
                .strongReference(true)
                .register(meters);
        Gauge.builder("wadi.ingest.inflight.bytes", inFlight, InFlight::bytes)
                .description("Bytes of memory charged to admitted requests without a response")
                .strongReference(true)
                .register(meters);
        return inFlight;
    }

    private boolean hasKeys() {
        return IngestSettings.hasKeys(settings);
    }

    /**
     * Returns the write permissions. With keys or tokens, a topic is open to the names in its {@code ingest.keys}, to
     * every key and token if it lists none, and to anonymous clients if it lists {@code anyone}.
     */
    private Admission.WritePermissions permissions() {
        if (!hasKeys()) {
            requireNoNamedKeys();
            return anonymousPermissions();
        }
        return (topic, name, isLocal) -> {
            List<String> names = keyNames(topic);
            return names.contains(Topic.Ingest.ANYONE) || (name != null && (names.isEmpty() || names.contains(name)));
        };
    }

    private List<String> keyNames(String topic) {
        return topics.find(topic).map(Topic::ingest).map(Topic.Ingest::keys).orElse(List.of());
    }

    /**
     * Returns the permissions without keys and tokens: all topics for clients with certificates and, at a loopback
     * address without trusted proxies, for local requests; otherwise the topics for browsers.
     */
    private Admission.WritePermissions anonymousPermissions() {
        if (!get(IngestSettings.HTTP_TLS_CLIENT_CA).isEmpty()) {
            return (topic, name, isLocal) -> true;
        }
        List<String> open = List.of(get(IngestSettings.WEB_EVENTS_TOPIC), get(IngestSettings.PIXEL_TOPIC));
        boolean isOnlyLocal = isOnlyLocal();
        if (!isOnlyLocal) {
            Set<String> all = new TreeSet<>(open);
            topics.all().stream()
                    .map(Topic::name)
                    .filter(topic -> keyNames(topic).contains(Topic.Ingest.ANYONE))
                    .forEach(all::add);
            requireAnonymousEnabled(all);
        }
        return (topic, name, isLocal) -> (isOnlyLocal && isLocal)
                || open.contains(topic)
                || keyNames(topic).contains(Topic.Ingest.ANYONE);
    }

    private boolean isOnlyLocal() {
        return Loopback.isOnlyLocal(get(WadiSettings.HTTP_HOST), get(WadiSettings.HTTP_TRUSTED_PROXIES));
    }

    /** Returns the names of this machine in local requests; empty if the address of a request grants no permission. */
    private Optional<HostNames> localNames() {
        return hasKeys() || !isOnlyLocal()
                ? Optional.empty()
                : Optional.of(new HostNames(List.of("localhost", "*.localhost", get(WadiSettings.HTTP_HOST)), false));
    }

    private void requireAnonymousEnabled(Set<String> open) {
        String proxies = get(WadiSettings.HTTP_TRUSTED_PROXIES);
        String address = WadiSettings.HTTP_HOST.name() + "=" + get(WadiSettings.HTTP_HOST)
                + (proxies.isBlank() ? "" : " with " + WadiSettings.HTTP_TRUSTED_PROXIES.name() + "=" + proxies);
        String setting = IngestSettings.ANONYMOUS_ENABLED.name();
        if (!get(IngestSettings.ANONYMOUS_ENABLED)) {
            throw new SettingsException(List.of(
                    "%s: other machines could send events without authentication; expected localhost%s, or one of %s (./wadi keys new creates its lines), %s and %s, or %s=true, which opens %s alone"
                            .formatted(
                                    address,
                                    proxies.isBlank() ? "" : " without proxies",
                                    IngestSettings.KEYS_FILE.name(),
                                    IngestSettings.JWT_JWKS.name(),
                                    IngestSettings.HTTP_TLS_CLIENT_CA.name(),
                                    setting,
                                    String.join(", ", open))));
        }
        LOG.warn(
                "Event endpoint: {} is set, and other machines can reach {}: clients without authentication may send to {}; other topics return 401 until {} is set",
                setting,
                address,
                String.join(", ", open),
                IngestSettings.KEYS_FILE.name());
    }

    /** Rejects topics that list keys while none are configured: they would be open to all clients. */
    private void requireNoNamedKeys() {
        List<String> errors = topics.all().stream()
                .filter(topic -> topic.ingest() != null)
                .filter(topic -> topic.ingest().keys().stream().anyMatch(name -> !name.equals(Topic.Ingest.ANYONE)))
                .map(topic ->
                        "topics.yaml: %s: ingest.keys names %s, but no keys are configured: set wadi.ingest.keys-file"
                                .formatted(
                                        topic.name(),
                                        String.join(", ", topic.ingest().keys())))
                .toList();
        if (!errors.isEmpty()) {
            throw new SettingsException(errors);
        }
    }

    /**
     * Returns the TLS context, which is reloaded after changes of its files; empty if TLS is not configured.
     *
     * @throws SettingsException with all errors in the files of the settings
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
        List<String> errors = new ArrayList<>();
        for (Setting<String> file : files) {
            String path = get(file);
            if (!path.isEmpty() && !Files.isReadable(Path.of(path))) {
                errors.add("%s=%s: the file does not exist or is not readable".formatted(file.name(), path));
            } else if (path.isEmpty() && !file.equals(IngestSettings.HTTP_TLS_CLIENT_CA)) {
                errors.add(
                        "%s is empty: TLS needs wadi.http.tls-certificate and wadi.http.tls-key, or none of wadi.http.tls-*"
                                .formatted(file.name()));
            }
        }
        if (!errors.isEmpty()) {
            throw new SettingsException(errors);
        }
    }

    private Supplier<ApiKeys> apiKeys() {
        String file = get(IngestSettings.KEYS_FILE);
        NamedClients named =
                new NamedClients(topics, file, settings.areBothSet(IngestSettings.JWT_JWKS, IngestSettings.JWT_ISSUER));
        if (file.isEmpty()) {
            if (hasKeys()) {
                warnOfUnknown(named, ApiKeys.NONE);
            }
            return () -> ApiKeys.NONE;
        }
        WatchedValue<ApiKeys> keys =
                WatchedValue.confirmed(file, () -> Files.readAllBytes(Path.of(file)), ApiKeys::parse);
        keys.follow(current -> warnOfUnknown(named, current));
        reloads.every(get(WadiSettings.INGEST_RELOAD_INTERVAL), keys);
        return keys::get;
    }

    /** Logs warnings instead of errors: a revoked key need not be removed from topics.yaml first. */
    private static void warnOfUnknown(NamedClients named, ApiKeys keys) {
        named.unknown(keys).forEach(message -> LOG.warn("{}", message));
    }

    private Supplier<JwtKeys> jwtKeys() {
        String jwks = get(IngestSettings.JWT_JWKS);
        if (!settings.areBothSet(IngestSettings.JWT_JWKS, IngestSettings.JWT_ISSUER)) {
            return () -> JwtKeys.NONE;
        }
        JwtVerifier.Options options = new JwtVerifier.Options(
                get(IngestSettings.JWT_ISSUER), get(IngestSettings.JWT_AUDIENCE), get(IngestSettings.JWT_TOPICS_CLAIM));
        long maxBytes = memory().tokens();
        WatchedValue<JwtKeys> tokens = JwkSets.watch(
                jwks, JwtKeys.UNREAD, content -> JwtKeys.parse(content, options, Clock.systemUTC(), maxBytes));
        reloads.every(get(WadiSettings.INGEST_JWT_REFRESH_INTERVAL), tokens);
        return tokens::get;
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }
}
