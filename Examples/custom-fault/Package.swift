// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "custom-fault",
    dependencies: [.package(name: "faultserve", path: "../..")],
    targets: [
        .target(
            name: "CustomFaults",
            dependencies: [.product(name: "FaultKit", package: "faultserve")]),
        .executableTarget(
            name: "custom-faultserve",
            dependencies: [
                "CustomFaults",
                .product(name: "FaultServer", package: "faultserve"),
                .product(name: "Faults", package: "faultserve"),
            ]),
        .testTarget(
            name: "CustomFaultsTests",
            dependencies: [
                "CustomFaults",
                .product(name: "FaultTesting", package: "faultserve"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
