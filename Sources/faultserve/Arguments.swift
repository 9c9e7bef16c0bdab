public import ArgumentParser
public import FaultKit
import FaultServer
public import FirmwareImage
public import NIOCore
public import Rig

// How the texts of the command line become values.

extension TimeAmount: @retroactive ExpressibleByArgument {
    public init?(argument: String) { self.init(knob: argument) }
}

extension ByteCount: ExpressibleByArgument {
    public init?(argument: String) { self.init(knob: argument) }
}

extension Reseal: ExpressibleByArgument {}

extension Chip: ExpressibleByArgument {
    public init?(argument: String) { self.init(name: argument) }

    // Left alone, these speak of the raw values, which are the chips' ids.
    public static var allValueStrings: [String] { self.allCases.map(\.name) }

    public static var allValueDescriptions: [String: String] { [:] }
}

extension SignatureScheme: ExpressibleByArgument {}

/// One `--limit NAME=VALUE`.
struct LimitSetting: ExpressibleByArgument, Sendable {
    let apply: @Sendable (inout Limits) -> Void

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        let time = TimeAmount(knob: parts[1]).flatMap { $0 > .zero ? $0 : nil }
        let count = ByteCount(knob: parts[1]).flatMap { $0.bytes > 0 ? $0.bytes : nil }
        switch (parts[0], time, count) {
        case ("handshake", let time?, _): self.apply = { $0.handshake = time }
        case ("head", let time?, _): self.apply = { $0.head = time }
        case ("idle", let time?, _): self.apply = { $0.idle = time }
        case ("send", let time?, _): self.apply = { $0.send = time }
        case ("head-size", _, let count?): self.apply = { $0.headSize = count }
        case ("body-size", _, let count?): self.apply = { $0.bodySize = count }
        case ("fields", _, let count?): self.apply = { $0.fieldCount = count }
        case ("connections", _, let count?): self.apply = { $0.connections = count }
        default: return nil
        }
    }
}

extension DeviceAddress: ExpressibleByArgument {
    public init?(argument: String) {
        do { try self.init(argument) } catch { return nil }
    }
    public var defaultValueDescription: String { self.description }
}

extension Dialect: ExpressibleByArgument {}
