package io.wadi;

import io.github.bucket4j.TimeMeter;
import io.wadi.config.Setting;
import io.wadi.config.Settings;
import io.wadi.config.SettingsException;
import io.wadi.config.WadiSettings;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.admission.ApiKeys;
import io.wadi.ingest.admission.InFlight;
import io.wadi.ingest.admission.JwtKeys;
import io.wadi.ingest.admission.Proxies;
import io.wadi.ingest.admission.Rate;
import io.wadi.ingest.admission.Reloading;
import io.wadi.ingest.admission.Reloads;
import io.wadi.ingest.admission.TopicPatterns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.function.Supplier;

/** Puts admission together from its settings: whoever reaches the events port may send, unless keys or tokens are asked for. */
final class AdmissionParts {
    private final Settings settings;
    private final Reloads reloads;

    /** Takes the settings, and who looks after files that change. */
    AdmissionParts(Settings settings, Reloads reloads) {
        this.settings = settings;
        this.reloads = reloads;
    }

    /**
     * Admission as it is set.
     *
     * @throws SettingsException with the mistakes in the files that the settings name
     */
    Admission admission() {
        try {
            boolean isForAll = get(WadiSettings.INTAKE_KEYS_FILE).isEmpty()
                    && get(WadiSettings.INTAKE_JWT_JWKS).isEmpty();
            TopicPatterns open = TopicPatterns.of(
                    Arrays.stream(get(WadiSettings.INTAKE_OPEN_TOPICS).split(","))
                            .map(String::strip)
                            .filter(pattern -> !pattern.isEmpty())
                            .toList());
            return new Admission(
                    apiKeys(),
                    jwtKeys(),
                    Proxies.parse(get(WadiSettings.HTTP_TRUSTED_PROXIES)),
                    (topic, name) -> isForAll || name != null || open.match(topic),
                    new Admission.Limits(
                            Rate.of(get(WadiSettings.INTAKE_RATE), get(WadiSettings.INTAKE_BURST)),
                            get(WadiSettings.INTAKE_CLIENTS),
                            get(WadiSettings.INTAKE_WINDOW)),
                    new InFlight(
                            get(WadiSettings.INTAKE_IN_FLIGHT_REQUESTS).intValue(),
                            Math.min(
                                    get(WadiSettings.INTAKE_IN_FLIGHT_BYTES),
                                    Runtime.getRuntime().maxMemory() / 4)),
                    Clock.systemUTC(),
                    TimeMeter.SYSTEM_NANOTIME);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(e.getMessage().lines().toList());
        }
    }

    private Supplier<ApiKeys> apiKeys() {
        String file = get(WadiSettings.INTAKE_KEYS_FILE);
        if (file.isEmpty()) {
            return () -> ApiKeys.NONE;
        }
        Reloading<ApiKeys> keys = Reloading.of(file, () -> Files.readAllBytes(Path.of(file)), ApiKeys::parse);
        reloads.every(get(WadiSettings.INTAKE_RELOAD_EVERY), keys);
        return keys::get;
    }

    private Supplier<JwtKeys> jwtKeys() {
        String jwks = get(WadiSettings.INTAKE_JWT_JWKS);
        if (jwks.isEmpty()) {
            return () -> JwtKeys.NONE;
        }
        if (get(WadiSettings.INTAKE_JWT_ISSUER).isEmpty()) {
            throw new IllegalArgumentException(
                    "wadi.intake.jwt-issuer is empty, and wadi.intake.jwt-jwks is not: set both");
        }
        JwtKeys.Options options = new JwtKeys.Options(
                get(WadiSettings.INTAKE_JWT_ISSUER),
                get(WadiSettings.INTAKE_JWT_AUDIENCE),
                get(WadiSettings.INTAKE_JWT_TOPICS_CLAIM));
        Reloading.Parser<JwtKeys> parser = content -> JwtKeys.parse(content, options, Clock.systemUTC());
        Reloading.Source source = JwtKeys.source(jwks);
        Reloading<JwtKeys> tokens = JwtKeys.isRemote(jwks)
                ? Reloading.beginningWith(JwtKeys.NONE, jwks, source, parser)
                : Reloading.of(jwks, source, parser);
        reloads.every(get(WadiSettings.INTAKE_JWT_REFRESH_EVERY), tokens);
        return tokens::get;
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }
}
