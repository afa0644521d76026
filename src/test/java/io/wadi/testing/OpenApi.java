package io.wadi.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** An OpenAPI document, and the check whether responses match it. */
public final class OpenApi {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private final JsonNode document;
    /**
     * Compiled schemas by identity of their nodes: a document does not change, and comparing nodes is as slow as
     * compiling.
     */
    private final Map<JsonNode, Schema> compiled = Collections.synchronizedMap(new IdentityHashMap<>());

    private OpenApi(JsonNode document) {
        this.document = document;
    }

    /** Returns the document of the event port, as in the jar. */
    public static OpenApi shipped() {
        return read("/io/wadi/ingest/openapi.json");
    }

    /** Returns the document of the management port's control API. */
    public static OpenApi ofControl() {
        return read("/io/wadi/management/connectors/openapi.json");
    }

    private static OpenApi read(String resource) {
        try (InputStream json = OpenApi.class.getResourceAsStream(resource)) {
            return new OpenApi(JSON.readTree(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the whole document. */
    public JsonNode document() {
        return document;
    }

    /**
     * Returns how a response deviates from the document in status, content type or body; empty if it matches. Requests
     * that the document does not describe must be rejected.
     */
    List<String> violations(HttpResponse<?> answer, String body) {
        return violations(
                answer.request().method(),
                answer.uri().getRawPath(),
                answer.statusCode(),
                answer.headers().firstValue("Content-Type").orElse(""),
                body);
    }

    /** Returns how a response, given as its parts, deviates from the document. */
    public List<String> violations(String method, String path, int status, String contentType, String body) {
        String name = method + " " + path + ": ";
        boolean head = method.equals("HEAD");
        JsonNode operation = operation(head ? "GET" : method, path);
        if (head && status == 405) {
            return List.of();
        }
        if (operation.isMissingNode()) {
            return isRefused(method, path, status)
                    ? List.of()
                    : List.of(name + "not in the document, and answered with " + status);
        }
        JsonNode response = resolved(operation.path("responses").path(String.valueOf(status)));
        if (response.isMissingNode()) {
            return List.of(name + "has no answer " + status);
        }
        if (body.isEmpty() && (head || !response.has("content"))) {
            return List.of();
        }
        String type = contentType.split(";", 2)[0].strip();
        JsonNode content = response.path("content").path(type);
        if (content.isMissingNode()) {
            return List.of(name + "has no answer " + status + " of type " + type);
        }
        if (!isJson(type)) {
            return List.of();
        }
        try {
            return violations(content.path("schema"), JSON.readTree(body))
                    .map(name::concat)
                    .toList();
        } catch (IOException e) {
            return List.of(name + "not JSON: " + e.getMessage());
        }
    }

    /**
     * Asserts that more than {@code min} references exist, that each has a target, and that each component is
     * referenced.
     */
    public void assertReferences(int min, String... kinds) {
        List<JsonNode> references = document.findParents("$ref");
        List<String> used = document.findValuesAsText("$ref");
        assertThat(references)
                .hasSizeGreaterThan(min)
                .allSatisfy(each -> assertThat(resolved(each).isMissingNode())
                        .as(each.toString())
                        .isFalse());
        assertThat(kinds)
                .allSatisfy(kind -> assertThat(
                                document.at("/components/" + kind).properties())
                        .allSatisfy(component ->
                                assertThat(used).contains("#/components/" + kind + "/" + component.getKey())));
    }

    /** Returns how a value deviates from a schema of this document. */
    public Stream<String> violations(JsonNode schema, JsonNode value) {
        return compiled.computeIfAbsent(schema, this::compile).validate(value).stream()
                .map(error -> error.toString());
    }

    private Schema compile(JsonNode schema) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", document.path("components"));
        return SCHEMAS.getSchema(whole);
    }

    /** Returns whether a media type is JSON. */
    public static boolean isJson(String type) {
        return type.endsWith("/json") || type.endsWith("+json");
    }

    /** Returns the target of a reference in the document, or the node itself if it is not a reference. */
    public JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
    }

    /** Returns whether a status rejects an unknown path or an unsupported method, or reports an unavailable server. */
    private boolean isRefused(String method, String path, int status) {
        if (template(path).isEmpty()) {
            return status == 404 || status == 503;
        }
        return status == 405 || (status == 204 && method.equals("OPTIONS"));
    }

    private JsonNode operation(String method, String path) {
        return document.path("paths").path(template(path).orElse("")).path(method.toLowerCase(Locale.ROOT));
    }

    private Optional<String> template(String path) {
        return document.path("paths").properties().stream()
                .map(property -> property.getKey())
                .filter(each -> matches(each, path))
                .findFirst();
    }

    /** Returns the path templates that support a method. */
    public List<String> paths(String method) {
        return document.path("paths").properties().stream()
                .filter(each -> each.getValue().has(method.toLowerCase(Locale.ROOT)))
                .map(each -> each.getKey())
                .toList();
    }

    /** Returns whether a path matches a template. */
    public static boolean matches(String template, String path) {
        return path.matches(template.replaceAll("\\{\\w+}", "[^/]+"));
    }
}
