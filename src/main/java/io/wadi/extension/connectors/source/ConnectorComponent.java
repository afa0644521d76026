package io.wadi.extension.connectors.source;

import java.util.Map;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** A Camel component of connectors. The options of a URI, which may have several lines, are set by the setters of its endpoint. */
public final class ConnectorComponent extends DefaultComponent {
    /** Stands for a line break, which java.net.URI does not allow; Camel takes URIs apart with it. */
    private static final char LINE_BREAK = '\uE000';

    private final Endpoints endpoints;

    /** Creates an endpoint of a URI; {@code path} is its part after the scheme. */
    public interface Endpoints {
        Endpoint create(String uri, Component component, String path);
    }

    public ConnectorComponent(Endpoints endpoints) {
        super();
        this.endpoints = endpoints;
    }

    @Override
    public Endpoint createEndpoint(String uri, Map<String, Object> properties) throws Exception {
        return super.createEndpoint(uri.replace('\n', LINE_BREAK), properties);
    }

    @Override
    protected Endpoint createEndpoint(String uri, String path, Map<String, Object> parameters) throws Exception {
        parameters.replaceAll((name, value) -> value instanceof String text ? text.replace(LINE_BREAK, '\n') : value);
        Endpoint endpoint = endpoints.create(uri.replace(LINE_BREAK, '\n'), this, path);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
