package io.wadi.ingest.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.ContentReference;

/** Makes parsers that refuse what is against the {@link JsonRules}, but for some of what is no UTF-8: {@link JsonRules#requireUtf8}. */
public final class StrictJsonFactory extends JsonFactory {
    private static final long serialVersionUID = 1;

    /** Takes how many bytes a name may have; numbers may have 1,000 characters. */
    public StrictJsonFactory(int maxName) {
        super(new JsonFactoryBuilder()
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                // The JVM's table of strings is no place for whatever clients send.
                .disable(Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(new Limits(maxName)));
    }

    /** A parser that has no text yet. */
    public StrictJsonParser parser() {
        return new StrictJsonParser(
                _createContext(ContentReference.unknown(), false),
                _parserFeatures,
                _byteSymbolCanonicalizer.makeChildOrPlaceholder(_factoryFeatures));
    }

    /** Limits that say what is exceeded, and not by which of Jackson's methods it is set. */
    private static final class Limits extends StreamReadConstraints {
        private static final long serialVersionUID = 1;

        Limits(int maxName) {
            super(
                    JsonRules.DEEPEST,
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
