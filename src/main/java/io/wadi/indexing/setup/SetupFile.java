package io.wadi.indexing.setup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.runtime.config.Units;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A template or policy in a file that contains the body of a request to Elasticsearch's API. The installed object
 * records a hash of the content in {@code _meta.wadi}.
 */
final class SetupFile {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final String META = "_meta";
    private static final int HASH_DIGITS = 16;

    /** The kinds in order of installation: later ones refer to earlier ones. */
    enum Kind {
        ILM_POLICIES("_ilm/policy", "/policy"),
        COMPONENT_TEMPLATES("_component_template", ""),
        INDEX_TEMPLATES("_index_template", "");

        private final String api;
        private final String inside;

        Kind(String api, String inside) {
            this.api = api;
            this.inside = inside;
        }

        /** Returns the directory of this kind's files. */
        String directory() {
            return Units.word(this);
        }
    }

    private final Kind kind;
    private final String name;
    private final ObjectNode content;
    private final String hash;

    /**
     * Parses a file.
     *
     * @param name the file's name without extension
     * @param text the content of the file
     * @throws IllegalArgumentException if the content or its metadata is not a JSON object; the message contains the
     *     error
     */
    SetupFile(Kind kind, String name, String text) {
        this.kind = kind;
        this.name = name;
        try {
            if (!(JSON.readTree(text) instanceof ObjectNode object)
                    || !(object.at(kind.inside) instanceof ObjectNode inside)) {
                throw new IllegalArgumentException(
                        "%s: found no JSON object, expected a request of PUT %s".formatted(file(), path()));
            }
            JsonNode meta = inside.path(META);
            if (!meta.isMissingNode() && !meta.isObject()) {
                throw new IllegalArgumentException(
                        "%s: %s is %s, expected a JSON object".formatted(file(), META, meta));
            }
            content = object;
            hash = DigestUtils.sha256Hex(object.toString()).substring(0, HASH_DIGITS);
            inside.withObjectProperty(META).put("wadi", hash);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("%s: not JSON: %s".formatted(file(), e.getOriginalMessage()), e);
        }
    }

    Kind kind() {
        return kind;
    }

    /** Returns its path for messages. */
    String file() {
        return kind.directory() + "/" + name + ".json";
    }

    /** Returns its path in Elasticsearch's API. */
    String path() {
        return "/" + kind.api + "/" + name;
    }

    String content() {
        return content.toString();
    }

    /** How the file differs from the installed object. */
    enum Difference {
        NONE,
        OLDER,
        NEWER,
        FOREIGN
    }

    /** Compares with the response to a GET of {@link #path}. */
    Difference difference(JsonNode response) {
        JsonNode installed = content(response);
        JsonNode found = installed.path(META).path("wadi");
        if (found.isMissingNode()) {
            return Difference.FOREIGN;
        }
        if (found.asText().equals(hash)) {
            return Difference.NONE;
        }
        return installed.path("version").asLong() > content.path("version").asLong()
                ? Difference.NEWER
                : Difference.OLDER;
    }

    private JsonNode content(JsonNode response) {
        return switch (kind) {
            case ILM_POLICIES -> response.path(name).path("policy");
            case COMPONENT_TEMPLATES -> response.at("/component_templates/0/component_template");
            case INDEX_TEMPLATES -> response.at("/index_templates/0/index_template");
        };
    }
}
