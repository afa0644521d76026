package io.wadi.indexing.setup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A template or policy in a file that contains the request of Elasticsearch's API. The installed object records a
 * hash of the content in {@code _meta.wadi}.
 */
final class SetupFile {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String META = "_meta";

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
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Kind kind;
    private final String name;
    private final ObjectNode content;
    private final String hash;

    /**
     * Takes a file's name without extension and its content.
     *
     * @throws IllegalArgumentException if it is not a JSON object; the message names position and mistake
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
            content = object;
            hash = digest(object.toString());
            inside.withObjectProperty(META).put("wadi", hash);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("%s: not JSON: %s".formatted(file(), e.getOriginalMessage()), e);
        }
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
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

    /** The difference to the installed object. */
    enum Difference {
        NONE,
        OLDER,
        NEWER,
        FOREIGN
    }

    /** Compares with the response to a GET of {@link #path}. */
    Difference difference(JsonNode answer) {
        JsonNode installed = content(answer);
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

    private JsonNode content(JsonNode answer) {
        return switch (kind) {
            case ILM_POLICIES -> answer.path(name).path("policy");
            case COMPONENT_TEMPLATES -> answer.at("/component_templates/0/component_template");
            case INDEX_TEMPLATES -> answer.at("/index_templates/0/index_template");
        };
    }
}
