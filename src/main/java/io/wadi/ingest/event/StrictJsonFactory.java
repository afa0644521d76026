package io.wadi.ingest.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.ContentReference;

/** A factory of parsers that enforce the {@link JsonRules}, except for UTF-8: see {@link JsonRules#requireUtf8}. */
public final class StrictJsonFactory extends JsonFactory {
    private static final long serialVersionUID = 1;

    /** {@code maxName} is the maximum length of a name in bytes; numbers have at most 1,000 characters. */
    public StrictJsonFactory(int maxName) {
        super(new JsonFactoryBuilder()
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                // names from clients must not fill the JVM's string table
                .disable(Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(new Limits(maxName)));
    }

    /** Returns a parser without input. */
    public StrictJsonParser parser() {
        return new StrictJsonParser(
                _createContext(ContentReference.unknown(), false),
                _parserFeatures,
                _byteSymbolCanonicalizer.makeChildOrPlaceholder(_factoryFeatures));
    }

    /** Limits with error messages that do not name Jackson's methods. */
    private static final class Limits extends StreamReadConstraints {
        private static final long serialVersionUID = 1;

        Limits(int maxName) {
            super(
                    JsonRules.MAX_DEPTH,
                    DEFAULT_MAX_DOC_LEN,
                    DEFAULT_MAX_NUM_LEN,
                    DEFAULT_MAX_STRING_LEN,
                    maxName,
                    DEFAULT_MAX_TOKEN_COUNT);
        }

        @Override
        protected StreamConstraintsException _constructException(String form, Object... found) {
            return new JsonLimitException(form.replace(", from %s", "").formatted(found));
        }
    }
}
