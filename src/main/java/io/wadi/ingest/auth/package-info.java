/** Who a client is and which topics it may write to: API keys, JSON Web Tokens, TLS certificates and trusted proxies. */
package io.wadi.ingest.auth;
