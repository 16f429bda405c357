apiVersion: v1
kind: Secret
metadata: {name: a}
stringData:
  password: not-a-real-value # expect: no-credential-in-file
