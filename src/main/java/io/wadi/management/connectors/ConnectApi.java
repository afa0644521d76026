package io.wadi.management.connectors;

import static io.wadi.management.connectors.ConnectJson.JSON;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.RouteWork;
import io.wadi.runtime.reload.RouteTargetState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.locks.Lock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.Endpoint;
import org.apache.camel.model.ModelCamelContext;

/**
 * Kafka Connect's REST API over the routes that read or write Kafka: paths, answers, codes and error bodies are Connect's (3.9), so
 * that tools made for it watch and steer Wadi. What only a route file can say is refused with what to do instead. It speaks of this
 * process alone. Thread-safe; {@link #close} before the routes are stopped.
 */
public final class ConnectApi implements RouteTargetState, AutoCloseable {
    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final int NO_CONTENT = 204;
    private static final String EDIT =
            "routes are files: save the change in routes/*.camel.yaml, with wadi.reload.enabled=true it is in force at once";

    private final ModelCamelContext context;
    private final Names names;
    private final Connectors connectors;
    private final ConnectorStates states;
    private final ConnectorControl steering;
    private final KafkaSnapshot kafka;

    /**
     * How Wadi calls itself.
     *
     * @param version of Wadi
     * @param commit that it was built from, {@code unknown} where there was none
     * @param worker host and port, as others reach it
     */
    public record Names(String version, String commit, String worker) {}

    /**
     * What it needs of the others.
     *
     * @param keeper the step by which a route that takes requests keeps what they bring, in Kafka
     * @param takenTopics the topics that requests may name
     * @param keepsPlace whether a route with this input can pause as it is, started
     * @param work what routes are asked, and the threads that do their work
     * @param changing is held while routes are started, stopped or replaced
     * @param stopWithin how long a route may take to stop before it is given up
     * @param adminSettings those of a client of Kafka
     */
    public record Needs(
            Supplier<String> keeper,
            Supplier<List<String>> takenTopics,
            Predicate<Endpoint> keepsPlace,
            RouteWork work,
            Lock changing,
            Duration stopWithin,
            Supplier<Properties> adminSettings) {}

    /** Connects to nothing. */
    public ConnectApi(ModelCamelContext context, Names names, Needs needs) {
        this.context = context;
        this.names = names;
        connectors =
                new Connectors(context, new Connectors.Traits(needs.keeper(), needs.takenTopics(), needs.keepsPlace()));
        states = new ConnectorStates(context, needs.work());
        steering = new ConnectorControl(context, needs.work(), states, needs.changing(), needs.stopWithin());
        kafka = new KafkaSnapshot(needs.adminSettings());
    }

    /**
     * An answer.
     *
     * @param code the HTTP status
     * @param body JSON; null where there is none
     */
    record Answer(int code, JsonNode body) {
        static Answer of(JsonNode body) {
            return new Answer(OK, body);
        }
    }

    /** Answers a request; never fails. */
    Answer answer(ConnectRequest request) {
        try {
            return answerOrRefuse(request);
        } catch (ConnectException e) {
            return new Answer(e.code(), ConnectJson.error(e.code(), e.getMessage()));
        }
    }

    private Answer answerOrRefuse(ConnectRequest request) throws ConnectException {
        List<String> path = request.path();
        if (path.isEmpty()) {
            request.requireGet();
            return Answer.of(ConnectJson.server(names.version(), names.commit(), kafka.clusterId()));
        }
        return switch (path.get(0)) {
            case "connectors" ->
                path.size() == 1
                        ? ofAll(request)
                        : ofOne(request, path.get(1), String.join("/", path.subList(2, path.size())));
            case "connector-plugins" -> plugins(request);
            default -> throw request.notFound();
        };
    }

    private Answer ofAll(ConnectRequest request) throws ConnectException {
        if (request.method().equals("POST")) {
            throw ConnectException.notAllowed("a connector is not created by request: " + EDIT);
        }
        request.requireGet();
        if (!request.has("expand")) {
            ArrayNode list = JSON.createArrayNode();
            connectors.all().forEach(connector -> list.add(connector.name()));
            return Answer.of(list);
        }
        return Answer.of(expanded(request.says("expand", "status"), request.says("expand", "info")));
    }

    /** How all connectors are, as {@code GET /connectors?expand=status} says it. */
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
                entry.set("info", ConnectJson.info(connector, status));
            }
        }
        return expanded;
    }

    private Answer ofOne(ConnectRequest request, String name, String rest) throws ConnectException {
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
                throw ConnectException.notAllowed(
                        "the topics are those that the route names: there is nothing to reset");
            }
            case "offsets" -> offsets(request, name);
            case "pause" -> {
                steering.pause(toSteer(request, "PUT", name));
                yield new Answer(ACCEPTED, null);
            }
            case "resume" -> {
                steering.resume(toSteer(request, "PUT", name));
                yield new Answer(ACCEPTED, null);
            }
            case "stop" -> {
                steering.stop(toSteer(request, "PUT", name));
                yield new Answer(NO_CONTENT, null);
            }
            case "restart" -> restart(request, name);
            default -> ofTask(request, name, rest);
        };
    }

    /** One that is missing may be one that is being replaced at this moment. */
    private Connector find(String name, String orElse) throws ConnectException {
        Optional<Connector> found = connectors.find(name);
        if (found.isEmpty()) {
            found = steering.look("looking for " + name, () -> connectors.find(name));
        }
        return found.orElseThrow(() -> ConnectException.notFound(orElse));
    }

    private Connector find(String name) throws ConnectException {
        return find(name, "Connector " + name + " not found");
    }

    private Connector toSteer(ConnectRequest request, String method, String name) throws ConnectException {
        request.require(method);
        return find(name, "Unknown connector " + name);
    }

    private Answer read(ConnectRequest request, String name, String orElse, Function<Connector, JsonNode> body)
            throws ConnectException {
        request.requireGet();
        return Answer.of(body.apply(find(name, orElse)));
    }

    private Answer read(ConnectRequest request, String name, Function<Connector, JsonNode> body)
            throws ConnectException {
        return read(request, name, "Connector " + name + " not found", body);
    }

    private Answer whole(ConnectRequest request, String name) throws ConnectException {
        if (request.method().equals("DELETE")) {
            find(name);
            throw ConnectException.notAllowed(
                    "a connector is not deleted by request, PUT /connectors/%s/stop stops it; for good, %s"
                            .formatted(name, EDIT));
        }
        return read(request, name, connector -> ConnectJson.info(connector, states.of(connector)));
    }

    private Answer config(ConnectRequest request, String name) throws ConnectException {
        if (List.of("PUT", "PATCH").contains(request.method())) {
            throw ConnectException.notAllowed("a configuration is not changed by request: " + EDIT);
        }
        return read(request, name, ConnectJson::config);
    }

    private Answer offsets(ConnectRequest request, String name) throws ConnectException {
        if (List.of("DELETE", "PATCH").contains(request.method())) {
            find(name);
            throw ConnectException.notAllowed(
                    "offsets are not changed by request: stop the connector, then ./wadi groups shows what a reset would do"
                            + " before it does it");
        }
        request.requireGet();
        Connector connector = find(name);
        return Answer.of(
                ConnectJson.offsets(connector.group().isEmpty() ? Map.of() : kafka.offsets(connector.group())));
    }

    private Answer restart(ConnectRequest request, String name) throws ConnectException {
        request.require("POST");
        Connector connector = find(name, "Unknown connector: " + name);
        boolean includeTasks = request.says("includeTasks", "true");
        boolean onlyFailed = request.says("onlyFailed", "true");
        steering.restart(connector, onlyFailed);
        return includeTasks || onlyFailed
                ? new Answer(ACCEPTED, ConnectJson.status(connector, states.of(connector), names.worker()))
                : new Answer(NO_CONTENT, null);
    }

    /** {@code tasks/0/status} and {@code tasks/0/restart}. A thread has no start of its own: its route is restarted. */
    private Answer ofTask(ConnectRequest request, String name, String rest) throws ConnectException {
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
        steering.restart(connector, false);
        return new Answer(NO_CONTENT, null);
    }

    /** The components that routes take their work from. */
    private Answer plugins(ConnectRequest request) throws ConnectException {
        if (request.path().size() > 1) {
            throw ConnectException.notAllowed("a configuration is not checked by request: " + EDIT);
        }
        request.requireGet();
        Map<String, ObjectNode> plugins = new TreeMap<>();
        for (Connector connector : connectors.all()) {
            String type = ConnectJson.type(connector);
            boolean isWadis = connector.plugin().startsWith("io.wadi.");
            plugins.put(
                    connector.plugin() + " " + type,
                    JSON.createObjectNode()
                            .put("class", connector.plugin())
                            .put("type", type)
                            .put("version", isWadis ? names.version() : context.getVersion()));
        }
        return Answer.of(JSON.createArrayNode().addAll(plugins.values()));
    }

    // ---- beside live edits and stops

    /** Whether a route is to be started where it takes its place, and not stopped or paused as the one before it was. */
    @Override
    public boolean isToStart(String route) {
        return steering.isToStart(route);
    }

    /** Brings a route that has taken another's place to what was asked of that. */
    @Override
    public void hasCome(String route) throws Exception {
        steering.hasCome(
                route, connectors.find(route).map(Connector::keepsPlace).orElse(false));
    }

    /** Once it returns no route is paused, resumed, stopped or restarted any more: who asks is told to ask again. */
    public void keepRoutes() {
        steering.close();
    }

    @Override
    public void close() {
        kafka.close();
    }
}
