/** Authentication and authorization of clients: API keys, JSON Web Tokens and TLS certificates. */
package io.wadi.ingest.auth;
