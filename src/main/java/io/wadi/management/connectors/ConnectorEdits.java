package io.wadi.management.connectors;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.RouteControl;
import io.wadi.runtime.config.Secrets;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.reload.RejectedChangeException;
import io.wadi.runtime.reload.RollbackFailedException;
import io.wadi.runtime.reload.RouteReloader;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.util.function.ThrowingFunction;

/**
 * Creates, changes and deletes connectors. A connector is a templated route in a separate route file. A change returns
 * once the route runs and the file is written; a failed change changes nothing. Only files that the connector API has
 * written are changed. Thread-safe; one change at a time.
 */
record ConnectorEdits(
        ModelCamelContext context, ConnectorControl control, ConnectorPlugins plugins, ConnectApi.Dependencies needed) {
    private static final String CONFIGURING = "changing a configuration";
    private static final String DELETING = "deleting a connector";

    /** Returns the configuration of a connector that was created by request; empty for other routes. */
    Optional<Map<String, String>> config(String connector) {
        return needed.routeFiles().get().stream()
                .flatMap(files -> own(files, connector).stream())
                .findFirst()
                .map(ConnectorFile::parse);
    }

    private static Optional<String> own(RouteReloader files, String connector) {
        String file = ConnectorFile.name(connector);
        return Optional.ofNullable(files.texts().get(file)).filter(text -> ConnectorFile.isOwn(file, text));
    }

    void create(String connector, Map<String, String> config) throws ConnectException {
        RouteReloader files = files("creating a connector");
        String text = checked(connector, config);
        control.change(connector, "create", () -> {
            if (files.texts().containsKey(ConnectorFile.name(connector)) || isRoute(connector)) {
                throw ConnectException.busy("Connector " + connector + " already exists");
            }
            add(files, connector, text);
        });
    }

    /** Rejects a change of a connector that was not created by request. */
    void requireOwn(String connector) throws ConnectException {
        requireOwn(files(CONFIGURING), connector, CONFIGURING);
    }

    /**
     * Replaces the configuration of a connector, or creates it.
     *
     * @return whether it was created
     */
    boolean put(String connector, Map<String, String> config) throws ConnectException {
        return configure(connector, before -> config);
    }

    /** Changes the given values of a connector's configuration; a null value removes the entry. */
    void patch(String connector, ObjectNode changes) throws ConnectException {
        Map<String, String> values = ConnectRequest.config(changes);
        configure(connector, before -> {
            Map<String, String> config = before.map(ConnectorFile::parse).orElseThrow(() -> notFound(connector));
            changes.fieldNames().forEachRemaining(config::remove);
            config.putAll(values);
            return config;
        });
    }

    /** Applies a change, which gets the content of the connector's file; empty without a file. */
    private boolean configure(
            String connector, ThrowingFunction<Optional<String>, Map<String, String>, ConnectException> change)
            throws ConnectException {
        RouteReloader files = files(CONFIGURING);
        ConnectorPlugins.checkName(connector);
        boolean[] isCreated = new boolean[1];
        control.change(connector, "configure", () -> {
            requireOwn(files, connector, CONFIGURING);
            Optional<String> before = own(files, connector);
            String text = checked(connector, change.apply(before));
            if (before.isEmpty()) {
                add(files, connector, text);
                isCreated[0] = true;
            } else if (!before.get().equals(text)) {
                write(files, connector, Optional.of(text));
            }
        });
        return isCreated[0];
    }

    private static ConnectException notFound(String connector) {
        return ConnectException.notFound("Connector " + connector + " not found");
    }

    /** Deletes a connector with a route that exists. */
    void delete(String connector) throws ConnectException {
        RouteReloader files = files(DELETING);
        control.change(connector, "delete", () -> {
            requireOwn(files, connector, DELETING);
            if (own(files, connector).isEmpty()) {
                throw notFound(connector);
            }
            write(files, connector, Optional.empty());
            needed.work().setTarget(connector, RouteControl.Target.RUNNING);
        });
    }

    private RouteReloader files(String what) throws ConnectException {
        Set<RouteReloader> found = needed.routeFiles().get();
        if (found.isEmpty()) {
            throw ConnectException.notAllowed(
                    "%s by request needs %s=true, which is false: %s"
                            .formatted(what, WadiSettings.RELOAD_ENABLED.name(), ConnectApi.EDIT),
                    ConnectRequest.READ_ONLY);
        }
        return found.iterator().next();
    }

    private String checked(String connector, Map<String, String> config) throws ConnectException {
        String named = config.putIfAbsent(ConnectorParameter.NAME, connector);
        if (named != null && !named.equals(connector)) {
            throw ConnectException.badRequest(
                    "Connector name configuration doesn't match the connector name in the request, " + connector);
        }
        plugins.check(config);
        return ConnectorFile.render(config);
    }

    private boolean isRoute(String connector) {
        return context.getRouteDefinition(connector) != null || context.getRoute(connector) != null;
    }

    private void requireOwn(RouteReloader files, String connector, String what) throws ConnectException {
        boolean isOther = own(files, connector).isEmpty()
                && (isRoute(connector) || files.texts().containsKey(ConnectorFile.name(connector)));
        if (isOther) {
            throw ConnectException.notAllowed(
                    "%s by request is not supported, as the connector API has not created %s: stop it with PUT /connectors/%s/stop, or %s"
                            .formatted(what, connector, connector, ConnectApi.EDIT),
                    ConnectRequest.READ_ONLY);
        }
    }

    private void add(RouteReloader files, String connector, String text) throws Exception {
        long created = files.texts().entrySet().stream()
                .filter(each -> ConnectorFile.isOwn(each.getKey(), each.getValue()))
                .count();
        if (created >= needed.maxConnectors()) {
            throw ConnectException.busy("%s is not created: there are %d created connectors, the maximum by %s"
                    .formatted(connector, created, ConnectApiSettings.MAX_CONNECTORS.name()));
        }
        write(files, connector, Optional.of(text));
    }

    private static void write(RouteReloader files, String connector, Optional<String> text)
            throws ConnectException, InterruptedException {
        String file = ConnectorFile.name(connector);
        try {
            files.write(file, text);
        } catch (RejectedChangeException e) {
            throw ConnectException.badRequest(
                    "%s does not run; %s: %s".formatted(connector, e.effect(), Secrets.hideIn(e.getMessage())));
        } catch (RollbackFailedException e) {
            throw ConnectException.busy(
                    "%s cannot be changed until the rollback of a failed reload has succeeded, which is retried: %s"
                            .formatted(connector, Secrets.hideIn(e.getMessage())));
        } catch (FileAlreadyExistsException e) {
            throw ConnectException.busy(e.getMessage());
        } catch (IOException e) {
            throw ConnectException.failed(
                    "routes/%s cannot be written and nothing has changed: %s".formatted(file, e.getMessage()), e);
        }
    }
}
