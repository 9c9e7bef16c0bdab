import FaultKit
import NIOCore

extension Channel {
    /// Builds the pipeline of an accepted connection; see docs/architecture.md for its picture.
    func setUp(core: Core, arrival: Arrivals.Arrival) throws {
        let connection = Connection(
            core: core, client: self.remoteAddress, encounter: arrival.encounter,
            now: self.eventLoop.now)
        connection.record(.accepted(client: connection.client))
        let pipeline = self.pipeline.syncOperations
        let resources = core.resources(of: self.eventLoop)
        try pipeline.addHandler(
            LinkHandler(
                connection: connection, wheel: resources.wheel, isAdmitted: arrival.isAdmitted))
        guard arrival.isAdmitted else { return }
        let chain = TapChain(connection.encounter.link(), on: .link)
        if !chain.isEmpty {
            try pipeline.addHandler(
                TapHandler(
                    chain: chain, units: core.contexts == nil ? .byte : .record,
                    wheel: resources.wheel,
                    evidence: Evidence(on: .link, of: connection)))
        }
        if let contexts = core.contexts {
            func makeTLS() -> TLSHandler {
                TLSHandler(connection: connection, contexts: contexts, resources: resources)
            }
            if core.plan.speaksPlainHTTP {
                try pipeline.addHandler(
                    PlaintextSniffer(
                        connection: connection, wheel: resources.wheel, makeTLS: makeTLS))
            } else {
                try pipeline.addHandler(makeTLS())
            }
        }
        if core.contexts == nil, core.offersHTTP2 {
            try pipeline.addHandler(PrefaceSniffer(connection: connection, wheel: resources.wheel))
        }
        try pipeline.addHandler(SessionHandler(connection: connection))
    }
}

extension Plan {
    /// Whether a rule sends clients to the same port without TLS.
    fileprivate var speaksPlainHTTP: Bool {
        self.rules.contains { rule in
            if case .response(let fault) = rule.hook { fault.speaksPlainHTTP } else { false }
        }
    }
}
