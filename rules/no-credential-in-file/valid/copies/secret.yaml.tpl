apiVersion: v1
kind: Secret
metadata: {name: a}
stringData:
  password: "{{ password }}"
