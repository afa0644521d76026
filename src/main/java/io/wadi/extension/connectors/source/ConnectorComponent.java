package io.wadi.extension.connectors.source;

import io.wadi.extension.connectors.convert.ConversionEndpoint;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** A Camel component of connectors. The setters of its endpoint receive the options of a URI. */
public final class ConnectorComponent extends DefaultComponent {
    private final Endpoints endpoints;

    /** Creates an endpoint for a URI; {@code path} is the part after the scheme. */
    public interface Endpoints {
        Endpoint create(String uri, Component component, String path);
    }

    public ConnectorComponent(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String path, Map<String, Object> parameters) throws Exception {
        Endpoint endpoint = endpoints.create(uri, this, path);
        if (endpoint instanceof ConversionEndpoint checked) {
            checked.given(Set.copyOf(parameters.keySet()));
        }
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
