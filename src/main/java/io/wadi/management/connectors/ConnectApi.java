package io.wadi.management.connectors;

import static io.wadi.management.connectors.ConnectJson.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.RouteControl;
import io.wadi.runtime.reload.RouteReloader;
import io.wadi.runtime.reload.RouteTargetState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Lock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.Endpoint;
import org.apache.camel.model.ModelCamelContext;

/**
 * Kafka Connect's REST API for the routes of this process that read or write Kafka, so that clients of Kafka Connect
 * can monitor and control Wadi. Requests can create, change and delete connectors of the route templates. Requests that
 * would change the definition of another route are rejected with an alternative. Thread-safe; call
 * {@link #rejectChanges} before the routes are stopped.
 */
public final class ConnectApi implements RouteTargetState, AutoCloseable {
    static final String EDIT = "edit the route file routes/*.camel.yaml; wadi.reload.enabled=true reloads it at once";

    private final ModelCamelContext context;
    private final Names names;
    private final Connectors connectors;
    private final ConnectorStates states;
    private final ConnectorControl control;
    private final ConnectorPlugins plugins;
    private final ConnectorEdits edits;
    private final KafkaSnapshot kafka;

    /**
     * The identity of this instance.
     *
     * @param commit the commit that Wadi was built from, or {@code unknown}
     * @param worker host and port of the management port
     */
    public record Names(String version, String commit, String worker) {}

    /**
     * The dependencies of the API.
     *
     * @param ingestStep the name of the processor with which ingest routes write to Kafka
     * @param ingestTopics the topics that ingest requests may name
     * @param pausesStarted returns whether a route with this input stays started while it is paused
     * @param work the target states and threads of routes
     * @param routeLock the lock that is held while routes are started, stopped or replaced
     * @param stopTimeout maximum time for a route to stop
     * @param adminSettings the settings of an admin client
     * @param routeFiles the route files; empty without hot reload
     * @param directories the directories that created connectors may use
     * @param maxConnectors maximum number of created connectors
     */
    public record Dependencies(
            Supplier<String> ingestStep,
            Supplier<List<String>> ingestTopics,
            Predicate<Endpoint> pausesStarted,
            RouteControl work,
            Lock routeLock,
            Duration stopTimeout,
            Supplier<Properties> adminSettings,
            Supplier<Set<RouteReloader>> routeFiles,
            AllowedDirectories directories,
            long maxConnectors) {}

    public ConnectApi(ModelCamelContext context, Names names, Dependencies needed) {
        this.context = context;
        this.names = names;
        connectors = new Connectors(context, needed);
        states = new ConnectorStates(context, needed.work());
        control = new ConnectorControl(context, needed.work(), states, needed.routeLock(), needed.stopTimeout());
        plugins = new ConnectorPlugins(context, needed.directories());
        edits = new ConnectorEdits(context, control, plugins, needed);
        kafka = new KafkaSnapshot(needed.adminSettings());
    }

    /**
     * A response.
     *
     * @param body JSON; null without a body
     * @param allowed the value of the header {@code Allow}; null without this header
     */
    record Answer(int status, JsonNode body, String allowed) {
        Answer(int status, JsonNode body) {
            this(status, body, null);
        }

        static Answer of(JsonNode body) {
            return new Answer(200, body);
        }
    }

    /** Handles a request; never throws. */
    Answer handle(ConnectRequest request) {
        try {
            return dispatch(request);
        } catch (ConnectException e) {
            return new Answer(e.status(), ConnectJson.error(e.status(), e.getMessage()), e.allowed());
        }
    }

    private Answer dispatch(ConnectRequest request) throws ConnectException {
        List<String> path = request.path();
        if (path.isEmpty()) {
            request.require("GET");
            return Answer.of(ConnectJson.server(names.version(), names.commit(), kafka.clusterId()));
        }
        return switch (path.get(0)) {
            case "connectors" ->
                path.size() == 1
                        ? all(request)
                        : one(request, path.get(1), String.join("/", path.subList(2, path.size())));
            case "connector-plugins" -> plugins(request);
            default -> throw request.notFound();
        };
    }

    private Answer all(ConnectRequest request) throws ConnectException {
        request.require("GET", "POST");
        if (request.method().equals("POST")) {
            return create(request.body());
        }
        if (!request.has("expand")) {
            ArrayNode list = JSON.createArrayNode();
            connectors.all().forEach(connector -> list.add(connector.name()));
            return Answer.of(list);
        }
        return Answer.of(expanded(request.hasValue("expand", "status"), request.hasValue("expand", "info")));
    }

    private Answer create(ObjectNode body) throws ConnectException {
        String state = body.path("initial_state").asText("RUNNING");
        if (!state.equalsIgnoreCase("RUNNING")) {
            throw ConnectException.badRequest(
                    "initial_state %s is not supported: expected RUNNING; pause or stop the connector then"
                            .formatted(state));
        }
        Map<String, String> config = ConnectRequest.config(body.path("config"));
        String name = body.path("name").asText(config.getOrDefault(ConnectorParameter.NAME, ""));
        edits.create(name, config);
        return created(name);
    }

    private Answer created(String name) throws ConnectException {
        Connector connector = find(name);
        return new Answer(201, ConnectJson.info(connector, states.of(connector)));
    }

    /** Returns the response body of {@code GET /connectors?expand=status}. */
    public ObjectNode statuses() {
        return expanded(true, false);
    }

    private ObjectNode expanded(boolean withStatus, boolean withInfo) {
        ObjectNode expanded = JSON.createObjectNode();
        for (Connector connector : connectors.all()) {
            ObjectNode entry = expanded.putObject(connector.name());
            ConnectorStatus status = states.of(connector);
            if (withStatus) {
                entry.set("status", ConnectJson.status(connector, status, names.worker()));
            }
            if (withInfo) {
                entry.set("info", ConnectJson.info(withOwnConfig(connector), status));
            }
        }
        return expanded;
    }

    private Answer one(ConnectRequest request, String name, String rest) throws ConnectException {
        return switch (rest) {
            case "" -> whole(request, name);
            case "config" -> config(request, name);
            case "status" ->
                read(
                        request,
                        name,
                        "No status found for connector " + name,
                        connector -> ConnectJson.status(connector, states.of(connector), names.worker()));
            case "tasks" -> read(request, name, connector -> ConnectJson.tasks(connector, states.of(connector)));
            case "tasks-config" ->
                read(request, name, connector -> ConnectJson.tasksConfig(connector, states.of(connector)));
            case "topics" -> read(request, name, ConnectJson::topics);
            case "topics/reset" -> {
                request.require("PUT");
                find(name);
                throw ConnectException.notAllowed(
                        "resetting topics is not supported: they are defined by the route", "");
            }
            case "offsets" -> offsets(request, name);
            case "group" -> group(request, name);
            case "pause" -> {
                control.pause(toControl(request, name));
                yield new Answer(202, null);
            }
            case "resume" -> {
                control.resume(toControl(request, name));
                yield new Answer(202, null);
            }
            case "stop" -> {
                control.stop(toControl(request, name));
                yield new Answer(204, null);
            }
            case "restart" -> restart(request, name);
            default -> task(request, name, rest);
        };
    }

    /** Finds a connector. Waits for a running replacement of its route before it reports the connector as missing. */
    private Connector find(String name, String missing) throws ConnectException {
        Optional<Connector> found = connectors.find(name);
        if (found.isEmpty()) {
            // A replacement that has ended since the first search has added the route.
            found = connectors.isReplaced(name)
                    ? control.locked("find " + name, () -> connectors.find(name))
                    : connectors.find(name);
        }
        return withOwnConfig(found.orElseThrow(() -> ConnectException.notFound(missing)));
    }

    /** Returns a connector with the configuration in its file if it was created by request; otherwise unchanged. */
    private Connector withOwnConfig(Connector connector) {
        return edits.config(connector.name()).map(connector::withConfig).orElse(connector);
    }

    private Connector find(String name) throws ConnectException {
        return find(name, "Connector " + name + " not found");
    }

    private Connector toControl(ConnectRequest request, String name) throws ConnectException {
        request.require("PUT");
        return find(name, "Unknown connector " + name);
    }

    private Answer read(ConnectRequest request, String name, String missing, Function<Connector, JsonNode> body)
            throws ConnectException {
        request.require("GET");
        return Answer.of(body.apply(find(name, missing)));
    }

    private Answer read(ConnectRequest request, String name, Function<Connector, JsonNode> body)
            throws ConnectException {
        return read(request, name, "Connector " + name + " not found", body);
    }

    private Answer whole(ConnectRequest request, String name) throws ConnectException {
        request.require("GET", "DELETE");
        if (request.method().equals("DELETE")) {
            find(name);
            edits.delete(name);
            return new Answer(204, null);
        }
        return read(request, name, connector -> ConnectJson.info(connector, states.of(connector)));
    }

    private Answer config(ConnectRequest request, String name) throws ConnectException {
        request.require("GET", "PUT", "PATCH");
        if (request.method().equals("GET")) {
            return read(request, name, ConnectJson::config);
        }
        edits.requireOwn(name);
        ObjectNode body = request.body();
        if (request.method().equals("PATCH")) {
            edits.patch(name, body);
        } else if (edits.put(name, ConnectRequest.config(body))) {
            return created(name);
        }
        Connector connector = find(name);
        return Answer.of(ConnectJson.info(connector, states.of(connector)));
    }

    private Answer offsets(ConnectRequest request, String name) throws ConnectException {
        if (List.of("DELETE", "PATCH").contains(request.method())) {
            find(name);
            throw ConnectException.notAllowed(
                    "changing offsets by request is not supported: stop the connector and reset them with ./wadi groups",
                    ConnectRequest.READ_ONLY);
        }
        request.require("GET");
        Connector connector = find(name);
        return Answer.of(
                ConnectJson.offsets(connector.group().isEmpty() ? Map.of() : kafka.offsets(connector.group())));
    }

    private Answer group(ConnectRequest request, String name) throws ConnectException {
        request.require("GET");
        Connector connector = find(name);
        if (connector.group().isEmpty()) {
            throw ConnectException.notFound("Connector " + name + " has no consumer group");
        }
        return Answer.of(ConnectJson.group(kafka.group(connector.group())
                .orElseThrow(() -> ConnectException.notFound(
                        "Group " + connector.group() + " of connector " + name + " does not exist yet"))));
    }

    private Answer restart(ConnectRequest request, String name) throws ConnectException {
        request.require("POST");
        Connector connector = find(name, "Unknown connector: " + name);
        boolean includeTasks = request.hasValue("includeTasks", "true");
        boolean onlyFailed = request.hasValue("onlyFailed", "true");
        control.restart(connector, onlyFailed);
        return includeTasks || onlyFailed
                ? new Answer(202, ConnectJson.status(connector, states.of(connector), names.worker()))
                : new Answer(204, null);
    }

    /** Handles {@code tasks/0/status} and {@code tasks/0/restart}; the latter restarts the whole route. */
    private Answer task(ConnectRequest request, String name, String rest) throws ConnectException {
        if (!rest.matches("tasks/\\d{1,6}/(status|restart)")) {
            throw request.notFound();
        }
        String[] parts = rest.split("/", -1);
        String task = name + "-" + parts[1];
        boolean isStatus = parts[2].equals("status");
        request.require(isStatus ? "GET" : "POST");
        String missing = isStatus ? "No status found for task " + task : "Task " + task + " not found";
        Connector connector = find(name, missing);
        ConnectorStatus.TaskStatus found = states.of(connector).tasks().stream()
                .filter(each -> each.id() == Integer.parseInt(parts[1]))
                .findFirst()
                .orElseThrow(() -> ConnectException.notFound(missing));
        if (isStatus) {
            return Answer.of(ConnectJson.task(found, names.worker()));
        }
        control.restart(connector, false);
        return new Answer(204, null);
    }

    /** Handles {@code /connector-plugins}: the plugins are the route templates and the components of routes' inputs. */
    private Answer plugins(ConnectRequest request) throws ConnectException {
        List<String> path = request.path();
        if (path.size() > 1) {
            return plugin(request, path.get(1), String.join("/", path.subList(2, path.size())));
        }
        request.require("GET");
        Map<String, ObjectNode> found = new TreeMap<>();
        plugins.loaded().forEach((name, type) -> found.put(name, ConnectJson.plugin(name, type, names.version())));
        for (Connector connector : connectors.all()) {
            boolean isOwn = connector.plugin().startsWith("io.wadi.");
            found.put(
                    connector.plugin() + " " + connector.type(),
                    ConnectJson.plugin(
                            connector.plugin(), connector.type(), isOwn ? names.version() : context.getVersion()));
        }
        return Answer.of(JSON.createArrayNode().addAll(found.values()));
    }

    private Answer plugin(ConnectRequest request, String name, String rest) throws ConnectException {
        switch (rest) {
            case "config" -> {
                request.require("GET");
                return Answer.of(plugins.definitions(name));
            }
            case "config/validate" -> {
                request.require("PUT");
                Map<String, String> config = ConnectRequest.config(request.body());
                return Answer.of(plugins.validation(name, config));
            }
            default -> throw request.notFound();
        }
    }

    // ---- during hot reload and shutdown

    @Override
    public boolean isToStart(String route) {
        return control.isToStart(route);
    }

    @Override
    public void applyTo(String route) throws Exception {
        control.applyTarget(
                route, connectors.find(route).map(Connector::pausesStarted).orElse(false));
    }

    /** Rejects changes of routes with 409 from now on. Returns after the current change has ended. */
    public void rejectChanges() {
        control.close();
    }

    @Override
    public void close() {
        kafka.close();
    }
}
