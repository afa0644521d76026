package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.wadi.ingest.request.ResponseFormat;
import io.wadi.ingest.rest.RestError;
import io.wadi.ingest.rest.RestJson;
import io.wadi.ingest.rest.RestTopic;
import io.wadi.ingest.rest.RestTypes;
import io.wadi.testing.OpenApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The document at {@code /openapi.json} is valid OpenAPI 3.1, consistent, and matches the routes and the responses of
 * the REST convention.
 */
final class OpenApiTest {
    private static final OpenApi API = OpenApi.shipped();
    private static final JsonNode DOCUMENT = API.document();
    private static final YAMLMapper YAML = new YAMLMapper();
    /** The paths with a GET request that sends an event. */
    private static final Set<String> SENDING = Set.of("/api/select", "/pixel.gif");

    @Test
    void document_isOpenApi31() {
        SchemaRegistry openApi = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                registry -> registry.schemaIdResolvers(
                        ids -> ids.mapPrefix("https://spec.openapis.org", "classpath:spec.openapis.org")));

        assertThat(openApi.getSchema(SchemaLocation.of("https://spec.openapis.org/oas/3.1/schema-base/2022-10-07"))
                        .validate(DOCUMENT))
                .isEmpty();
    }

    @Test
    void document_listsTheOperationsOfTheContractAndTheRoutes() throws IOException {
        List<String> operations = new ArrayList<>();
        operations((name, operation) -> operations.add(name));

        assertThat(operations)
                .containsExactlyInAnyOrderElementsOf(routes())
                .containsExactlyInAnyOrder(
                        "GET /api/select",
                        "POST /events/{topic}",
                        "GET /topics",
                        "GET /topics/{topic}",
                        "POST /topics/{topic}",
                        "GET /topics/{topic}/partitions",
                        "GET /topics/{topic}/partitions/{partition}",
                        "POST /topics/{topic}/partitions/{partition}",
                        "GET /topics/{topic}/partitions/{partition}/offsets",
                        "GET /pixel.gif",
                        "GET /receipts/{topic}/{partition}/{offset}",
                        "POST /receipts",
                        "GET /wadi.js",
                        "GET /openapi.json");
    }

    /** Other GET requests send an event. */
    @Test
    void requestsThatOnlyRead_supportHead() throws IOException {
        assertThat(methods()).allSatisfy((path, methods) -> {
            if (methods.contains("GET")) {
                assertThat(methods.contains("HEAD")).as(path).isNotEqualTo(SENDING.contains(path));
            }
        });
    }

    /** Returns the methods of the event port in {@code routes/} by path. */
    private static Map<String, List<String>> methods() throws IOException {
        Map<String, List<String>> methods = new HashMap<>();
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            for (Path file : files.toList()) {
                for (JsonNode from : YAML.readTree(file.toFile()).findValues("from")) {
                    String uri = from.path("uri").asText();
                    if (uri.startsWith("platform-http:")) {
                        methods.computeIfAbsent(uri.substring("platform-http:".length()), path -> new ArrayList<>())
                                .addAll(List.of(from.at("/parameters/httpMethodRestrict")
                                        .asText()
                                        .split(",", -1)));
                    }
                }
            }
        }
        return methods;
    }

    /** Returns the operations of the event port in {@code routes/}, such as {@code GET /path}; HEAD is part of GET. */
    private static List<String> routes() throws IOException {
        List<String> operations = new ArrayList<>();
        methods()
                .forEach((path, methods) -> methods.stream()
                        .filter(method -> !method.equals("HEAD"))
                        .forEach(method -> operations.add(method + " " + path)));
        return operations;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET /api/select                              | 200 202 400 401 403 414 429 431 503
            POST /events/{topic}                         | 200 202 400 401 403 404 408 409 413 414 415 429 431 503
            POST /topics/{topic}                         | 200 400 401 403 404 406 408 413 414 415 422 429 431 503
            POST /topics/{topic}/partitions/{partition}  | 200 400 401 403 404 406 408 413 414 415 422 429 431 503
            GET /topics/{topic}                          | 200 400 401 403 404 406 414 429 431 503
            GET /pixel.gif                               | 200 202 400 401 403 404 414 429 431 503
            """)
    void operation_listsTheStatusesOfTheContract(String name, String statuses) {
        Map<String, List<String>> listed = new HashMap<>();
        operations((each, operation) -> listed.put(
                each,
                operation
                        .path("responses")
                        .propertyStream()
                        .map(Map.Entry::getKey)
                        .toList()));

        assertThat(listed.get(name)).containsExactlyInAnyOrder(statuses.split(" ", -1));
    }

    /** Only the step of this path reads the header. */
    @Test
    void idempotencyKey_isAParameterOfEventsOnly() {
        operations((name, operation) -> assertThat(operation.path("parameters").toString())
                .as(name)
                .matches(parameters -> parameters.contains("Idempotency-Key") == name.equals("POST /events/{topic}")));
    }

    @Test
    void responses429And503_haveRetryAfter() {
        operations((name, operation) -> Stream.of("429", "503")
                .filter(operation.path("responses")::has)
                .map(status -> API.resolved(operation.path("responses").path(status)))
                .forEach(response -> assertThat(response.path("headers").has("Retry-After"))
                        .as(name)
                        .isTrue()));
    }

    /** This includes rejections before a request reaches its route. */
    @Test
    void errors_haveTheFormatOfTheirPath() {
        operations((name, operation) -> {
            ResponseFormat format = ResponseFormat.of(name.substring(name.indexOf('/')));
            String type = format.headers(null).getOrDefault("Content-Type", "application/json");
            operation.path("responses").properties().stream()
                    .filter(each ->
                            each.getKey().startsWith("4") || each.getKey().startsWith("5"))
                    .forEach(each -> assertThat(API.resolved(each.getValue())
                                    .path("content")
                                    .has(type))
                            .as("%s %s %s", name, each.getKey(), type)
                            .isTrue());
        });
    }

    @Test
    void references_areResolvable_andAllComponentsAreUsed() {
        API.assertReferences(100, "parameters", "headers", "responses", "schemas");
    }

    @Test
    void examples_areValidForTheirSchemas() {
        List<JsonNode> described = DOCUMENT.findParents("schema");
        List<JsonNode> examples = described.stream()
                .flatMap(each -> examples(each)
                        .peek(example -> assertThat(API.violations(each.path("schema"), example))
                                .as(example.toString())
                                .isEmpty()))
                .toList();

        assertThat(examples).hasSizeGreaterThan(50);
    }

    @Test
    void jsonBodies_haveExamples() {
        for (JsonNode content : DOCUMENT.findValues("content")) {
            for (Map.Entry<String, JsonNode> type : content.properties()) {
                boolean free = type.getValue()
                        .path("schema")
                        .equals(DOCUMENT.at(
                                "/paths/~1openapi.json/get/responses/200/content/application~1json/schema"));
                if (OpenApi.isJson(type.getKey()) && !free) {
                    assertThat(examples(type.getValue())).as(content.toString()).isNotEmpty();
                }
            }
        }
    }

    @Test
    void restConventionResponses_matchTheDocument() {
        RestTopic.Partition partition = new RestTopic.Partition(0, 1, List.of(new RestTopic.Replica(1, true, true)));
        RestTopic topic = new RestTopic("orders", Map.of("retention.ms", "1"), List.of(partition));

        assertThat(Stream.of(
                                described("GET", "/topics", 200, RestJson.write(List.of("orders"))),
                                described("GET", "/topics/orders", 200, RestJson.write(topic)),
                                described("GET", "/topics/orders/partitions", 200, RestJson.write(topic.partitions())),
                                described(
                                        "GET",
                                        "/topics/orders/partitions/0",
                                        200,
                                        RestJson.write(topic.partitionOf("0"))),
                                described(
                                        "GET",
                                        "/topics/orders/partitions/0/offsets",
                                        200,
                                        RestJson.write(new RestTopic.Offsets(0, 42))),
                                described(
                                        "GET",
                                        "/topics/x/partitions/7",
                                        404,
                                        RestError.noPartition("x").body()))
                        .flatMap(List::stream))
                .isEmpty();
    }

    @Test
    void undocumentedResponse_isDetected() {
        assertThat(described("GET", "/nowhere", 200, "{}".getBytes(UTF_8))).hasSize(1);
        assertThat(described("DELETE", "/topics", 404, "{}".getBytes(UTF_8))).hasSize(1);
        assertThat(described("GET", "/topics", 200, new byte[0])).hasSize(1);
        assertThat(described("GET", "/topics", 418, "[]".getBytes(UTF_8))).hasSize(1);
        assertThat(described("GET", "/topics", 200, "[7]".getBytes(UTF_8))).hasSize(1);
        assertThat(API.violations("GET", "/topics", 200, "text/html", "<html>")).hasSize(1);
    }

    @Test
    void undocumentedPathsAndMethods_areAllowedOnlyAsRejections() {
        assertThat(described("GET", "/nowhere", 404, new byte[0])).isEmpty();
        assertThat(described("DELETE", "/topics", 405, new byte[0])).isEmpty();
        assertThat(described("OPTIONS", "/topics", 204, new byte[0])).isEmpty();
        assertThat(described("HEAD", "/topics", 200, new byte[0])).isEmpty();
    }

    private static List<String> described(String method, String path, int status, byte[] body) {
        return API.violations(method, path, status, RestTypes.ANSWER, new String(body, UTF_8));
    }

    private static void operations(BiConsumer<String, JsonNode> each) {
        for (Map.Entry<String, JsonNode> path : DOCUMENT.path("paths").properties()) {
            Stream.of("get", "post", "put", "delete", "head", "options", "patch", "trace")
                    .filter(path.getValue()::has)
                    .forEach(method -> each.accept(
                            method.toUpperCase(Locale.ROOT) + " " + path.getKey(),
                            path.getValue().path(method)));
        }
    }

    private static Stream<JsonNode> examples(JsonNode described) {
        return Stream.concat(
                Stream.of(described.path("example")).filter(example -> !example.isMissingNode()),
                described.path("examples").properties().stream()
                        .map(example -> example.getValue().path("value")));
    }
}
