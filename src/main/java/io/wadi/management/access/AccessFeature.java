package io.wadi.management.access;

import io.wadi.management.OpenPaths;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.MemoryPlan;
import io.wadi.runtime.config.Setting;
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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.Service;
import org.apache.camel.component.platform.http.main.ManagementHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.support.LifecycleStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Access control of the management port: its server with authentication and limits. */
public final class AccessFeature implements Feature {
    private static final Logger LOG = LoggerFactory.getLogger(AccessFeature.class);

    @Override
    public List<Setting<?>> settings() {
        return AccessSettings.ALL;
    }

    /**
     * Reads the users and the JWK set, and installs the server.
     *
     * @throws SettingsException if these are invalid, or if other hosts could reach the port without authentication
     */
    @Override
    public void bind(FeatureContext context) {
        new Binding(context).install();
    }

    private static final class Binding {
        private final FeatureContext context;
        private final Watcher watcher;
        private final boolean allowsAnonymous;
        private final Supplier<Users> users;
        private final Supplier<Tokens> tokens;
        private final Proxies proxies;

        Binding(FeatureContext context) {
            this.context = context;
            this.watcher = context.closing(new Watcher("wadi-reload"));
            String usersFile = get(AccessSettings.USERS_FILE);
            String jwks = get(AccessSettings.JWT_JWKS);
            allowsAnonymous = usersFile.isEmpty() && jwks.isEmpty();
            if (allowsAnonymous) {
                requireLoopback();
            }
            try {
                proxies = Proxies.parse(get(WadiSettings.HTTP_TRUSTED_PROXIES));
                users = users(usersFile);
                tokens = tokens(jwks);
            } catch (IllegalArgumentException e) {
                throw new SettingsException(e.getMessage().lines().toList());
            }
        }

        private AccessControl accessControl(MemoryPlan.Management memory) {
            return new AccessControl(
                    users,
                    tokens,
                    new AccessControl.Options(
                            allowsAnonymous,
                            context.provided(OpenPaths.class).get().paths(),
                            get(WadiSettings.MANAGEMENT_PORT).intValue(),
                            get(AccessSettings.SESSION_TTL),
                            hostNames(),
                            proxies,
                            memory.logins()),
                    context.meters());
        }

        /** Returns the configured host names and the names in other settings that refer to the port. */
        private HostNames hostNames() {
            List<String> names = new ArrayList<>(get(AccessSettings.HOST_NAMES));
            names.add(get(WadiSettings.MANAGEMENT_HOST));
            names.add(get(WadiSettings.STREAMS_ADVERTISED_ADDRESS).replaceFirst(":\\d+$", ""));
            return new HostNames(names, !allowsAnonymous);
        }

        private void requireLoopback() {
            String host = get(WadiSettings.MANAGEMENT_HOST);
            String proxies = get(WadiSettings.HTTP_TRUSTED_PROXIES);
            if (!Loopback.isOnlyLocal(host, proxies)) {
                throw new SettingsException(List.of(
                        ("%s=%s%s: other hosts could stop routes without a password; expected localhost%s, or set %s"
                                        + " (create its lines with ./wadi users hash) or %s")
                                .formatted(
                                        WadiSettings.MANAGEMENT_HOST.name(),
                                        host,
                                        proxies.isBlank()
                                                ? ""
                                                : " with " + WadiSettings.HTTP_TRUSTED_PROXIES.name() + "=" + proxies,
                                        proxies.isBlank() ? "" : " without proxies",
                                        AccessSettings.USERS_FILE.name(),
                                        AccessSettings.JWT_JWKS.name())));
            }
        }

        private Supplier<Users> users(String file) {
            if (file.isEmpty()) {
                return () -> Users.NONE;
            }
            WatchedValue<Users> watched =
                    WatchedValue.confirmed(file, () -> Files.readAllBytes(Path.of(file)), Users::parse);
            watcher.every(get(WadiSettings.INGEST_RELOAD_INTERVAL), watched);
            return watched::get;
        }

        private Supplier<Tokens> tokens(String jwks) {
            if (!context.settings().areBothSet(AccessSettings.JWT_JWKS, AccessSettings.JWT_ISSUER)) {
                return () -> Tokens.NONE;
            }
            JwtVerifier.Options options = new JwtVerifier.Options(
                    get(AccessSettings.JWT_ISSUER),
                    get(AccessSettings.JWT_AUDIENCE),
                    get(AccessSettings.JWT_ROLE_CLAIM));
            WatchedValue<Tokens> watched = JwkSets.watch(jwks, Tokens.NONE, content -> Tokens.parse(content, options));
            watcher.every(get(WadiSettings.INGEST_JWT_REFRESH_INTERVAL), watched);
            return watched::get;
        }

        /**
         * Replaces Camel's management server, before it opens its port, with a server with access control and limits.
         */
        private void install() {
            context.camel().addLifecycleStrategy(new LifecycleStrategySupport() {
                @Override
                public void onServiceAdd(CamelContext adding, Service service, Route route) {
                    if (service instanceof ManagementHttpServer management) {
                        add(adding, management.getConfiguration());
                    }
                }
            });
        }

        /** Adds the server to the context, since Camel's management server uses an existing server for its port. */
        private void add(CamelContext camel, VertxPlatformHttpServerConfiguration configuration) {
            MemoryPlan.Management memory = MemoryPlan.Management.of(
                    Runtime.getRuntime().maxMemory(),
                    get(WadiSettings.MANAGEMENT_MAX_CONNECTIONS).intValue());
            LOG.info("Maximum memory for clients of the management port: {}", memory);
            ManagementServer.Limits limits =
                    new ManagementServer.Limits(memory.connections(), memory.held(), get(AccessSettings.IDLE_TIMEOUT));
            try {
                camel.addService(
                        new ManagementServer(configuration, accessControl(memory), limits, proxies, context.meters()));
            } catch (Exception e) {
                throw new IllegalStateException(
                        "Adding the server of the management port failed: " + e.getMessage(), e);
            }
        }

        private <T> T get(Setting<T> setting) {
            return context.get(setting);
        }
    }
}
