package io.wadi;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import io.wadi.access.Guard;
import io.wadi.access.Tokens;
import io.wadi.access.Users;
import io.wadi.config.Setting;
import io.wadi.config.Settings;
import io.wadi.config.SettingsException;
import io.wadi.config.WadiSettings;
import io.wadi.ingest.admission.JwtKeys;
import io.wadi.ingest.admission.Reloading;
import io.wadi.ingest.admission.Reloads;
import io.wadi.ops.OpsRoutes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.Service;
import org.apache.camel.component.platform.http.main.ManagementHttpServer;
import org.apache.camel.component.platform.http.vertx.auth.AuthenticationConfig;
import org.apache.camel.component.platform.http.vertx.auth.AuthenticationConfig.AuthenticationConfigEntry;
import org.apache.camel.support.LifecycleStrategySupport;

/** Puts together who may see and do what at the management port. */
final class AccessParts {
    private final Settings settings;
    private final Reloads reloads;
    private final Guard guard;

    /**
     * Reads who there is.
     *
     * @param reloads look at the files again and again
     * @throws SettingsException where it cannot be read, or where others than this machine could do everything
     */
    AccessParts(Settings settings, Reloads reloads) {
        this.settings = settings;
        this.reloads = reloads;
        String usersFile = get(WadiSettings.MANAGEMENT_USERS_FILE);
        String jwks = get(WadiSettings.MANAGEMENT_JWT_JWKS);
        boolean isForAll = usersFile.isEmpty() && jwks.isEmpty();
        if (isForAll) {
            requireThisMachine();
        }
        try {
            guard = new Guard(
                    users(usersFile),
                    tokens(jwks),
                    new Guard.Options(
                            isForAll,
                            OpsRoutes.paths(),
                            get(WadiSettings.MANAGEMENT_PORT).intValue(),
                            get(WadiSettings.MANAGEMENT_SESSION)));
        } catch (IllegalArgumentException e) {
            throw new SettingsException(e.getMessage().lines().toList());
        }
    }

    private void requireThisMachine() {
        String host = get(WadiSettings.MANAGEMENT_HOST);
        if (!Loopback.is(host)) {
            throw new SettingsException(
                    List.of(("%s=%s: others than this machine could reach the management port, which stops routes,"
                                    + " without a password; allowed is localhost, or set %s (./wadi users hash makes its lines) or %s")
                            .formatted(
                                    WadiSettings.MANAGEMENT_HOST.name(),
                                    host,
                                    WadiSettings.MANAGEMENT_USERS_FILE.name(),
                                    WadiSettings.MANAGEMENT_JWT_JWKS.name())));
        }
    }

    private Supplier<Users> users(String file) {
        if (file.isEmpty()) {
            return () -> Users.NONE;
        }
        Reloading<Users> users = Reloading.of(file, () -> Files.readAllBytes(Path.of(file)), Users::parse);
        reloads.every(get(WadiSettings.INTAKE_RELOAD_EVERY), users);
        return users::get;
    }

    private Supplier<Tokens> tokens(String jwks) {
        if (jwks.isEmpty()) {
            return () -> Tokens.NONE;
        }
        if (get(WadiSettings.MANAGEMENT_JWT_ISSUER).isEmpty()) {
            throw new IllegalArgumentException("%s is empty, and %s is not: set both"
                    .formatted(WadiSettings.MANAGEMENT_JWT_ISSUER.name(), WadiSettings.MANAGEMENT_JWT_JWKS.name()));
        }
        Tokens.Options options = new Tokens.Options(
                get(WadiSettings.MANAGEMENT_JWT_ISSUER),
                get(WadiSettings.MANAGEMENT_JWT_AUDIENCE),
                get(WadiSettings.MANAGEMENT_JWT_ROLE_CLAIM));
        Reloading.Parser<Tokens> parser = content -> Tokens.parse(content, options);
        Reloading.Source source = JwtKeys.source(jwks);
        Reloading<Tokens> tokens = JwtKeys.isRemote(jwks)
                ? Reloading.beginningWith(Tokens.NONE, jwks, source, parser)
                : Reloading.of(jwks, source, parser);
        reloads.every(get(WadiSettings.INTAKE_JWT_REFRESH_EVERY), tokens);
        return tokens::get;
    }

    /** Has the guard stand before all that the management port answers, from before it is open. */
    void install(CamelContext context) {
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onServiceAdd(CamelContext adding, Service service, Route route) {
                if (service instanceof ManagementHttpServer management) {
                    AuthenticationConfig access = management.getConfiguration().getAuthenticationConfig();
                    access.getEntries().add(0, new Entry());
                    access.setEnabled(true);
                }
            }
        });
    }

    private final class Entry extends AuthenticationConfigEntry {
        Entry() {
            super();
            setPath("/*");
        }

        @Override
        public Handler<RoutingContext> createAuthenticationHandler(Vertx vertx) {
            return guard;
        }
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }
}
