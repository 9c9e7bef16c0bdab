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
struct LimitSetting: Sendable {
    private typealias Member<Value> = WritableKeyPath<Limits, Value> & Sendable

    private static let times: [String: any Member<TimeAmount>] = [
        "handshake": \.handshake, "head": \.head, "idle": \.idle, "send": \.send,
    ]
    private static let counts: [String: any Member<Int>] = [
        "head-size": \.headSize, "body-size": \.bodySize, "fields": \.fieldCount,
        "connections": \.connections,
    ]

    let apply: @Sendable (inout Limits) -> Void

    init(_ text: String) throws {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            throw ValidationError("write NAME=VALUE, such as idle=30s")
        }
        let (name, value) = (parts[0], parts[1])
        if let member = Self.times[name] {
            guard let time = TimeAmount(knob: value), time > .zero else {
                throw ValidationError(
                    "'\(value)' is no time above zero; write one such as 30s or 500ms")
            }
            self.apply = { $0[keyPath: member] = time }
        } else if let member = Self.counts[name] {
            guard let count = ByteCount(knob: value), count.bytes > 0 else {
                throw ValidationError(
                    "'\(value)' is no number above zero; write one such as 100 or 64KiB")
            }
            self.apply = { $0[keyPath: member] = count.bytes }
        } else {
            let names = (Array(Self.times.keys) + Self.counts.keys).sorted()
            throw ValidationError(
                "no limit is called '\(name)'; there are \(names.joined(separator: ", "))")
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
